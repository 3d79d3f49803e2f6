import type { LogFilters } from '../../protocol/api-log.ts'
import { say } from '../terminal.ts'
import { createPrinter } from './entry-printer.ts'
import type { ShownEntry } from './entry-table.ts'
import type { LogSource } from './log-source.ts'
import { withLog } from './open-log.ts'
import { type FilterFlags, type SourceFlags, toLogFilters } from './options.ts'

/** What one request gives at most. */
const PAGE_ENTRIES = 200

export interface ListFlags extends SourceFlags, FilterFlags {
  readonly limit: number
  readonly json?: boolean
}

/** Prints the newest entries that match, oldest first, as a log is read. */
export async function listCommand(flags: ListFlags): Promise<void> {
  const { entries } = await withLog(flags, (log) => readNewest(log, toLogFilters(flags), flags.limit))
  createPrinter(flags.json === true).print(entries)
  if (entries.length === 0 && flags.json !== true) say('no entries match')
}

/** The newest `limit` entries that match, oldest first, and the newest of the log at the first look. */
export async function readNewest(
  log: Pick<LogSource, 'readPage'>,
  filters: LogFilters,
  limit: number,
): Promise<{ readonly entries: readonly ShownEntry[]; readonly headSeq: number }> {
  const first = await log.readPage(filters, Math.max(1, Math.min(limit, PAGE_ENTRIES)), null)
  const pages = [first.entries]
  let count = first.entries.length
  for (let before = first.next_before_seq; before !== null && count < limit; ) {
    const page = await log.readPage(filters, Math.min(limit - count, PAGE_ENTRIES), before)
    pages.push(page.entries)
    count += page.entries.length
    before = page.next_before_seq
  }
  return { entries: pages.flat().slice(0, limit).toReversed(), headSeq: first.head_seq }
}
