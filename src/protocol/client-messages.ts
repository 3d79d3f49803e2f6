import { z } from 'zod'
import { EntityId } from './api-fields.ts'
import { SubscriptionFilters } from './api-log.ts'

/** What a client may say on `/api/v1/events/ws`, JSON text frames of at most 64 KiB. */
export const ClientMessage = z.discriminatedUnion('type', [
  /** First of all, within 5 s. No token where anonymous access is allowed. */
  z.strictObject({ type: z.literal('auth'), token: z.string().max(200).optional() }),
  /** Nothing flows before it; a second one replaces the first. */
  z.strictObject({
    type: z.literal('subscribe'),
    /** Everything after this entry, then live; without it live only. */
    since_seq: z.int().min(0).optional(),
    /** The log `since_seq` belongs to; another one's answer is a `reset`. */
    log_id: z.string().max(64).optional(),
    filters: SubscriptionFilters.optional(),
    /** Targets whose colours are wanted. */
    previews: z.array(EntityId).max(32).optional(),
    /** Whether the server log is wanted, for admins. */
    server_log: z.boolean().optional(),
  }),
])
export type ClientMessage = z.infer<typeof ClientMessage>
