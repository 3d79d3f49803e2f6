import { CATEGORIES, type Category, isCategory } from '../protocol/activity.ts'
import type { LogStats } from '../protocol/api-log.ts'
import type {
  ActivityFilters,
  HourCount,
  HourCountsResult,
  SeqRange,
  StretchRequest,
} from '../protocol/log-read.ts'

const HOUR_MS = 3_600_000
/** ECMA-262 §21.4.1.1: the last hour a `Date` can be in. */
const LAST_HOUR = 8.64e15 / HOUR_MS
/** A hundred days. */
export const MAX_HOURS = 2_400

export interface StatsOptions {
  readonly countHours: (request: Omit<StretchRequest, 'file'>) => Promise<HourCountsResult>
  readonly filters: ActivityFilters
  /** No entry after this one. */
  readonly throughSeq: number
  readonly signal?: AbortSignal | undefined
}

type Counts = Record<Category, number>

/** Counts what matches by hour and category; of more than `MAX_HOURS` hours, the newest. */
export async function readStats({
  countHours,
  filters,
  throughSeq,
  signal,
}: StatsOptions): Promise<LogStats> {
  const hours = new Map<number, Counts>()
  let isTruncated = false
  for (let range: SeqRange = { afterSeq: 0, throughSeq }; range.afterSeq < throughSeq; ) {
    signal?.throwIfAborted()
    const { counts, scannedSeq } = await countHours({ ...range, filters })
    for (const count of counts) addCount(hours, count)
    isTruncated = dropOldest(hours) || isTruncated
    range = { afterSeq: scannedSeq, throughSeq }
  }
  const sorted = [...hours].toSorted(([one], [other]) => one - other)
  return {
    hours: sorted.map(([hour, counts]) => ({ start: new Date(hour * HOUR_MS).toISOString(), counts })),
    total: sorted.reduce((sum, [, counts]) => sum + sumOf(counts), 0),
    ...(isTruncated && { truncated: true as const }),
  }
}

function addCount(hours: Map<number, Counts>, { hour, category, count }: HourCount): void {
  // A row somebody edited by hand must not take the chart down with it; `verify` names it.
  if (!isCategory(category) || !Number.isInteger(hour) || Math.abs(hour) > LAST_HOUR) return
  const counts = hours.get(hour) ?? (Object.fromEntries(CATEGORIES.map((name) => [name, 0])) as Counts)
  counts[category] += count
  hours.set(hour, counts)
}

/** @returns whether there were too many. */
function dropOldest(hours: Map<number, Counts>): boolean {
  const excess = hours.size - MAX_HOURS
  if (excess <= 0) return false
  for (const hour of [...hours.keys()].toSorted((one, other) => one - other).slice(0, excess)) {
    hours.delete(hour)
  }
  return true
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
