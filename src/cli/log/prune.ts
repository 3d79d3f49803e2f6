import type { PruneReport } from '../../protocol/api-log.ts'
import { countEntries } from '../terminal.ts'
import { toSafeJson } from './entry-printer.ts'
import { toLocalTime } from './entry-table.ts'
import { withLog } from './open-log.ts'
import type { SourceFlags } from './options.ts'

export interface PruneFlags extends SourceFlags {
  readonly dryRun?: boolean
  readonly maxDays?: number
  readonly maxEntries?: number
  readonly json?: boolean
}

/** Removes old entries by the stored limits or by those given, or tells what that would remove. */
export async function pruneCommand(flags: PruneFlags): Promise<void> {
  const { dryRun, maxDays, maxEntries } = flags
  const order = {
    ...(dryRun && { dry_run: true }),
    ...(maxDays !== undefined && { max_days: maxDays }),
    ...(maxEntries !== undefined && { max_entries: maxEntries }),
  }
  const report = await withLog(flags, (log) => log.prune(order))
  process.stdout.write(`${flags.json ? toSafeJson(report) : describe(report)}\n`)
}

function describe(report: PruneReport): string {
  const { removed, from_seq: from, to_seq: to, from_ts: fromTs, to_ts: toTs } = report
  const rule = `${report.max_days} days and ${report.max_entries} entries are kept`
  const rest = report.age_rule_rests ? '; the clock has jumped, so no entry goes for its age today' : ''
  if (removed === 0) {
    return `${report.dry_run ? 'Nothing would be removed' : 'Nothing was removed'}: ${rule}${rest}.`
  }
  const verb = report.dry_run ? 'would be' : removed === 1 ? 'was' : 'were'
  const times = fromTs && toTs ? ` (${toLocalTime(fromTs)} to ${toLocalTime(toTs)})` : ''
  return `${countEntries(removed)}, ${from} to ${to}${times}, ${verb} removed: ${rule}${rest}.`
}
