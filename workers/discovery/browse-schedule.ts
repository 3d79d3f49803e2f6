import { Backoff } from '../../src/lib/backoff.ts'

/** RFC 6762 §5.2: 1 s, doubling up to an hour. */
const BACKOFF = { firstMs: 1_000, capMs: 3_600_000 }
/** RFC 6762 §5.2: before a first question, so that a network that comes up does not speak in chorus. */
const FIRST_DELAY_MS = { min: 20, max: 120 }
const MIN_INTERVAL_MS = 1_000
const GONE_INTERVAL_MS = 5_000

/** When the network is asked who is there. */
export class BrowseSchedule {
  readonly #backoff = new Backoff(BACKOFF)
  #askedMs = Number.NEGATIVE_INFINITY
  #dueMs = Number.POSITIVE_INFINITY
  #wantsAll = false

  /** True when also those already known shall answer the next question. */
  get wantsAll(): boolean {
    return this.#wantsAll
  }

  /** Begins anew: a start, a change of the network, or somebody who wants to know now. `random` is in [0, 1). */
  restart(nowMs: number, random: number): void {
    const { min, max } = FIRST_DELAY_MS
    this.#backoff.reset()
    this.#dueMs = Math.max(nowMs + min + random * (max - min), this.#askedMs + MIN_INTERVAL_MS)
    this.#wantsAll = true
  }

  /** `isSomebodyGone`: one of our devices is missing, so the question is repeated every 5 s. */
  nextMs(isSomebodyGone: boolean): number {
    // Before the first restart there is no network to ask.
    return isSomebodyGone && Number.isFinite(this.#askedMs)
      ? Math.min(this.#dueMs, this.#askedMs + GONE_INTERVAL_MS)
      : this.#dueMs
  }

  asked(nowMs: number): void {
    this.#askedMs = nowMs
    this.#wantsAll = false
    if (nowMs >= this.#dueMs) this.#dueMs = nowMs + this.#backoff.nextMs()
  }
}
