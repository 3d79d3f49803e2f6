import { definedOf } from '../../lib/changes.ts'
import type { PruneOrder, PruneReport } from '../../protocol/api-log.ts'
import {
  type EntryPlace,
  NOTHING_PRUNED,
  type PrunableResult,
  type PrunedRange,
  type PruneRule,
} from '../../protocol/log-read.ts'
import type { Services } from '../services.ts'

/** Prunes once by the given limits and the stored ones, or tells what that would remove. */
export async function pruneLog(
  services: Services,
  { dry_run: isDry = false, ...limits }: PruneOrder,
  signal: AbortSignal,
): Promise<PruneReport> {
  const { retention } = services
  const { max_days, max_entries } = { ...retention.getSettings(), ...definedOf(limits) }
  const rule = retention.ruleOf({ max_days, max_entries })
  const range = isDry
    ? await findPrunable(services, rule, signal)
    : await retention.pruneOnce({ max_days, max_entries })
  return {
    dry_run: isDry,
    ...toPrunedFields(range),
    max_days,
    max_entries,
    ...(retention.isAgeRuleResting && { age_rule_rests: true as const }),
  }
}

/** What went, or would go, as the API and the command tell it. */
export function toPrunedFields({ count, first, last }: PrunedRange) {
  return {
    removed: count,
    from_seq: first?.seq ?? null,
    to_seq: last?.seq ?? null,
    from_ts: toTime(first),
    to_ts: toTime(last),
  }
}

/** As `pruneOnce` would do, also the room it makes for its own entry. */
export async function findPrunable(
  { pool, activityFile }: Pick<Services, 'pool' | 'activityFile'>,
  rule: PruneRule,
  signal?: AbortSignal,
): Promise<PrunedRange> {
  let found: PrunableResult = { first: null, last: null, isDone: false }
  while (!found.isDone) {
    signal?.throwIfAborted()
    found = await pool.findPrunable({ file: activityFile, rule, last: found.last })
  }
  if (found.first === null || found.last === null) return NOTHING_PRUNED
  const ownRoom = { beforeMs: null, maxEntries: rule.maxEntries - 1 }
  const { first, last } = await pool.findPrunable({ file: activityFile, rule: ownRoom, last: found.last })
  if (first === null || last === null) return NOTHING_PRUNED
  return { count: last.seq - first.seq + 1, first, last }
}

/** Null also for a time that is none: somebody edited that row by hand. */
function toTime(place: EntryPlace | null): string | null {
  const time = place === null ? undefined : new Date(place.ts)
  return time === undefined || Number.isNaN(time.getTime()) ? null : time.toISOString()
}
