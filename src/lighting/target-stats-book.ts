import type { TargetStats } from '../protocol/worker-messages.ts'

/** Older figures are of a target that runs no more. */
const MAX_AGE_MS = 3_000

/** What a target did since the server began. */
export interface TargetTotals {
  frames_in: number
  frames_out: number
  frames_dropped: number
  packets_out: number
  send_errors: number
}

interface Page {
  readonly totals: TargetTotals
  latest: TargetStats
  latestMs: number
}

/** The figures of all targets: the last second of each, and their sums. */
export class TargetStatsBook {
  readonly #pages = new Map<string, Page>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  note(stats: TargetStats): void {
    const page = this.#pages.get(stats.target_id) ?? { totals: toZero(), latest: stats, latestMs: 0 }
    page.latest = stats
    page.latestMs = this.#nowMs()
    for (const name of Object.keys(page.totals) as (keyof TargetTotals)[]) page.totals[name] += stats[name]
    this.#pages.set(stats.target_id, page)
  }

  /** The last second of a target that runs; undefined for one that does not. */
  latest(targetId: string): TargetStats | undefined {
    const page = this.#pages.get(targetId)
    return page && this.#nowMs() - page.latestMs <= MAX_AGE_MS ? page.latest : undefined
  }

  totals(): Iterable<readonly [targetId: string, totals: Readonly<TargetTotals>]> {
    return [...this.#pages].map(([id, { totals }]) => [id, totals] as const)
  }

  /** It runs no more; what it did in all stays. */
  ended(targetId: string): void {
    const page = this.#pages.get(targetId)
    if (page) page.latestMs = Number.NEGATIVE_INFINITY
  }

  forget(targetId: string): void {
    this.#pages.delete(targetId)
  }
}

function toZero(): TargetTotals {
  return { frames_in: 0, frames_out: 0, frames_dropped: 0, packets_out: 0, send_errors: 0 }
}
