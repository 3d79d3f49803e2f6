import { startOfDay } from '../lib/time.ts'
import type { FeedItem } from './log-feed.ts'

/** A line of the timeline: the beginning of a day, an entry or a gap. */
export type FeedRow = { readonly kind: 'day'; readonly key: string; readonly dayMs: number } | FeedItem

/** The lines of a timeline, newest first, each day under its heading. */
export function toRows(items: readonly FeedItem[]): readonly FeedRow[] {
  const rows: FeedRow[] = []
  let dayMs: number | undefined
  // The clock of a server may have been set back: a day that comes again has another heading.
  let headings = 0
  let dayEndMs = 0
  for (const item of items) {
    if (item.kind === 'entry' && (dayMs === undefined || item.tsMs < dayMs || item.tsMs >= dayEndMs)) {
      dayMs = startOfDay(item.tsMs)
      dayEndMs = startOfDay(dayMs + 36 * 3_600_000)
      headings += 1
      rows.push({ kind: 'day', key: `day-${dayMs}-${headings}`, dayMs })
    }
    rows.push(item)
  }
  return rows
}
