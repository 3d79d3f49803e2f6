import { z } from 'zod'
import { CATEGORIES, SEVERITIES } from './activity.ts'
import { decimal, InstantMs, list } from './api-fields.ts'
import { EXPORT_FORMATS } from './log-read.ts'
import { RetentionSettings } from './retention.ts'

/** Which entries: the same in the REST query and in a subscription's `filters`. */
const filters = {
  categories: list(z.enum(CATEGORIES)).optional(),
  severities: list(z.enum(SEVERITIES)).optional(),
  actions: list(z.string().min(1).max(64)).optional(),
  actor: z.string().max(200).optional(),
  entity_type: z.string().max(64).optional(),
  entity_id: z.string().max(200).optional(),
  /** Inclusive. */
  since: InstantMs.optional(),
  /** Exclusive. */
  until: InstantMs.optional(),
  /** Searched in message, action, entity name and actor. */
  // SQLite ends a pattern at the first NUL.
  q: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\0]*$/, 'must not have a NUL character')
    .optional(),
}

/** The filters alone. */
export const LogFilters = z.strictObject(filters)
export type LogFilters = z.infer<typeof LogFilters>

export const LogQuery = z.strictObject({
  ...filters,
  /** Cursor: `next_before_seq` of the page before. */
  before_seq: decimal(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: decimal(1, 200).default(50),
})
export type LogQuery = z.infer<typeof LogQuery>

export const ActivityEntrySchema = z.object({
  id: z.string(),
  ts: z.string(),
  /** One of the categories; a text here, so that a row somebody edited by hand can still be shown. */
  category: z.string(),
  action: z.string(),
  /** `info`, `warning` or `error`. */
  severity: z.string(),
  actor: z.string(),
  message: z.string(),
  entity_type: z.string().nullable(),
  entity_id: z.string().nullable(),
  entity_name: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
})

export const LogPage = z.object({
  /** Newest first. */
  entries: z.array(ActivityEntrySchema),
  /** Cursor of the next, older page; null at the end. */
  next_before_seq: z.int().nullable(),
  /** How many match in all; exact up to 20,000. */
  total: z.int(),
  /** Set when more than 20,000 match. */
  total_capped: z.literal(true).optional(),
  has_more: z.boolean(),
  /** The newest entry of the log at the moment of reading. */
  head_seq: z.int(),
})
export type LogPage = z.infer<typeof LogPage>

/** Filters of a subscription: JSON, so lists are arrays. */
export const SubscriptionFilters = z.strictObject({
  categories: z.array(z.enum(CATEGORIES)).max(64).optional(),
  severities: z.array(z.enum(SEVERITIES)).max(64).optional(),
  actions: z.array(z.string().min(1).max(64)).max(64).optional(),
  actor: z.string().max(200).optional(),
  entity_type: z.string().max(64).optional(),
  entity_id: z.string().max(200).optional(),
})
export type SubscriptionFilters = z.infer<typeof SubscriptionFilters>

export const CatalogueAction = z.object({
  action: z.string(),
  category: z.enum(CATEGORIES),
  /** Unless the entry says otherwise. */
  severity: z.enum(SEVERITIES),
  meaning: z.string(),
})

export const LogStats = z.object({
  /** Hours in which something matched, oldest first. */
  hours: z.array(
    z.object({
      /** Beginning of the hour, UTC. */
      start: z.string(),
      counts: z.record(z.enum(CATEGORIES), z.int()),
    }),
  ),
  /** Entries counted in these hours. */
  total: z.int(),
  /** Set when older hours were left out; ask for them with `until`. */
  truncated: z.literal(true).optional(),
})
export type LogStats = z.infer<typeof LogStats>

export const ExportQuery = z.strictObject({ ...filters, format: z.enum(EXPORT_FORMATS) })
export type ExportQuery = z.infer<typeof ExportQuery>

const { max_days, max_entries } = RetentionSettings.shape

/** Limits for one run; those not given are the stored ones. */
export const PruneOrder = z.strictObject({
  /** Only tell what would go. */
  dry_run: z.boolean().optional(),
  max_days: max_days.unwrap().optional(),
  max_entries: max_entries.unwrap().optional(),
})
export type PruneOrder = z.infer<typeof PruneOrder>

export const PruneReport = z.object({
  dry_run: z.boolean(),
  /** How many entries went, or would go. */
  removed: z.int(),
  /** The first and the last of them; null when none. */
  from_seq: z.int().nullable(),
  to_seq: z.int().nullable(),
  from_ts: z.string().nullable(),
  to_ts: z.string().nullable(),
  max_days: z.int(),
  max_entries: z.int(),
  /** Set while no entry goes for its age because the clock has jumped. */
  age_rule_rests: z.literal(true).optional(),
})
export type PruneReport = z.infer<typeof PruneReport>

/** A place in the chain: number and hash of an entry. */
export const LogHead = z.strictObject({
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'),
})
export type LogHead = z.infer<typeof LogHead>

export const VerifyOrder = z.strictObject({
  /** A head noted before; finds a truncated tail, or a log rewritten as a whole. */
  against: LogHead.optional(),
})
export type VerifyOrder = z.infer<typeof VerifyOrder>

export const VerifyReport = z.object({
  ok: z.boolean(),
  /** Entries checked. */
  checked: z.int(),
  /** Entries up to this one were pruned or cleared before, which the chain cannot vouch for; 0: none were. */
  removed_through_seq: z.int(),
  /** The first place where the log is not as it was written. */
  first_bad_seq: z.int().nullable(),
  /** `altered`: this entry was changed; `missing`: it is gone; `unexpected`: nobody recorded it. */
  problem: z.enum(['altered', 'missing', 'unexpected']).nullable(),
  /** How far the walk has come. Of an intact log it is worth noting outside this machine. */
  head: LogHead,
})
export type VerifyReport = z.infer<typeof VerifyReport>

export const ClearReport = z.object({ removed: z.int() })
export type ClearReport = z.infer<typeof ClearReport>
