import { z } from 'zod'
import { CATEGORIES, SEVERITIES } from './activity.ts'
import { decimal, InstantMs, list } from './api-fields.ts'

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
  q: z.string().min(1).max(200).optional(),
}

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
  category: z.enum(CATEGORIES),
  action: z.string(),
  severity: z.enum(SEVERITIES),
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
