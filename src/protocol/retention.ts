import { z } from 'zod'

/** How long the log keeps what. Stored under the settings key `activity_log`. */
export const RetentionSettings = z.strictObject({
  /** Whether anything is recorded at all. */
  enabled: z.boolean().default(true),
  /** Entries older than this many days go. */
  max_days: z.int().min(1).max(3_650).default(90),
  /** The newest this many entries stay. */
  max_entries: z.int().min(100).max(50_000_000).default(20_000),
})
export type RetentionSettings = Readonly<z.infer<typeof RetentionSettings>>

/** What `PUT /api/v1/activity-log/settings` takes: any subset. */
export const RetentionPatch = z.strictObject({
  enabled: z.boolean().optional(),
  max_days: z.int().min(1).max(3_650).optional(),
  max_entries: z.int().min(100).max(50_000_000).optional(),
})
export type RetentionPatch = Readonly<z.infer<typeof RetentionPatch>>
