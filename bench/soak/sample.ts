/** What a running server looks like from outside at one moment. */
export interface SoakSample {
  /** Since the lights were on. */
  readonly minutes: number
  readonly rss_mb: number
  readonly heap_mb: number
  /** Open files, sockets included. */
  readonly files: number
  /** The oldest frame sent in the last second by any target, ms; null: none was. */
  readonly late_ms: number | null
  /** Of all targets, since the server started. */
  readonly frames_out: number
  /** The newest entry of the log. */
  readonly head_seq: number
}

/** The length of a usual run: the rule about memory is made for it. */
export const USUAL_MINUTES = 30
const MAX_GROWTH = 1.05

export interface SoakVerdict {
  /** Median memory of minutes 5 to 10, and of the last 5. */
  readonly early_mb: number
  readonly late_mb: number
  readonly growth: number
  readonly is_good: boolean
}

/**
 * Whether memory stays where it was: the median of the last 5 minutes is at most 1.05 times that of minutes 5 to 10.
 * Of a run shorter than 30 minutes the same shares are taken.
 */
export function judge(samples: readonly SoakSample[], totalMinutes: number): SoakVerdict {
  const unit = Math.min(totalMinutes, USUAL_MINUTES) / USUAL_MINUTES
  const early = medianRss(samples.filter(({ minutes }) => minutes >= 5 * unit && minutes <= 10 * unit))
  const late = medianRss(samples.filter(({ minutes }) => minutes >= totalMinutes - 5 * unit))
  const growth = Math.round((late / early) * 1_000) / 1_000
  return { early_mb: early, late_mb: late, growth, is_good: late <= early * MAX_GROWTH }
}

/** NaN without samples: what was not measured is not good. */
function medianRss(samples: readonly SoakSample[]): number {
  const sorted = samples.map(({ rss_mb }) => rss_mb).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
