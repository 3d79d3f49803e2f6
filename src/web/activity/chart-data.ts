import { CATEGORIES, type Category } from '../../protocol/activity.ts'
import type { LogStats } from '../../protocol/api-log.ts'
import { startOfDay } from '../lib/time.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Beyond this many hours a bar is a day. */
const MAX_HOURS = 14 * 24
/** A log of a few minutes is shown in a frame of this many hours. */
const MIN_HOURS = 12

export interface ChartData {
  /** Times in seconds, then one list per category, each stacked on the ones after it. */
  readonly series: [number[], ...number[][]]
  readonly categories: readonly Category[]
  readonly stepMs: number
  readonly isDaily: boolean
  readonly total: number
}

/** Counts per hour, or per day of a long log, as bars stacked by category; empty hours included. */
export function toChartData(stats: LogStats): ChartData {
  const hours = stats.hours.map(({ start, counts }) => ({ ms: Date.parse(start), counts }))
  const lastMs = hours.at(-1)?.ms ?? 0
  const spanHours = (lastMs - (hours[0]?.ms ?? 0)) / HOUR_MS
  const isDaily = spanHours > MAX_HOURS
  const toBin = (ms: number): number => (isDaily ? startOfDay(ms) : ms)
  const firstMs = Math.min(hours[0]?.ms ?? 0, lastMs - (MIN_HOURS - 1) * HOUR_MS)

  const bins = new Map<number, number[]>()
  for (let ms = toBin(firstMs); ms <= lastMs; ms = isDaily ? startOfDay(ms + 1.5 * DAY_MS) : ms + HOUR_MS)
    bins.set(
      ms,
      CATEGORIES.map(() => 0),
    )
  for (const { ms, counts } of hours) {
    const bin = bins.get(toBin(ms))
    if (!bin) continue
    for (const [index, category] of CATEGORIES.entries())
      bin[index] = (bin[index] ?? 0) + (counts[category] ?? 0)
  }
  const times = [...bins.keys()]
  const stacked = CATEGORIES.map((_category, from) =>
    times.map((ms) => (bins.get(ms) ?? []).slice(from).reduce((sum, count) => sum + count, 0)),
  )
  return {
    series: [times.map((ms) => ms / 1_000), ...stacked],
    categories: CATEGORIES,
    stepMs: HOUR_MS,
    isDaily,
    total: stats.total,
  }
}
