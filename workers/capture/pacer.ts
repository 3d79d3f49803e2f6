/**
 * WLED shows at most one network frame per 15 ms (66 a second); 62 leaves it room. Not 60: after one late frame, a
 * source at 60 a second would find each of its next ones too early, and they would all wait for ever.
 */
const MIN_INTERVAL_MS = 1_000 / 62
/** WS2812B: 24 bits at 800 kHz. */
const WIRE_MS_PER_LED = 0.03
/**
 * A frame may go this much early, so that a source at exactly the rate of a device loses few to the
 * jitter of timers. What is left between two frames is still more than the 15 ms of WLED's gate.
 */
const JITTER_MS = 1.1

/**
 * After a frame that was late the next ones may each go as early as that, until this much is caught up: a source at
 * 60 a second is on time again a few frames later. Not where the wire is the limit: it is busy all the time.
 */
const CATCH_UP_MS = 10

/** When a device can take the next frame: never more than its rate on average, however bursty the source. */
export class Pacer {
  /** Between two frames on average. */
  readonly intervalMs: number
  readonly #catchUpMs: number
  /** When the next frame would be due had all come evenly; the past where fewer came. */
  #evenMs = Number.NEGATIVE_INFINITY
  #dueMs = 0

  constructor(ledCount: number) {
    this.intervalMs = Math.max(MIN_INTERVAL_MS, ledCount * WIRE_MS_PER_LED)
    this.#catchUpMs = this.intervalMs > MIN_INTERVAL_MS ? JITTER_MS : CATCH_UP_MS
  }

  /** How long the next frame has to wait; 0: it may go now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#dueMs - nowMs)
  }

  /** To be called with every frame sent. */
  sent(nowMs: number): void {
    this.#evenMs = Math.max(this.#evenMs, nowMs - this.#catchUpMs) + this.intervalMs
    this.#dueMs = Math.max(this.#evenMs, nowMs + this.intervalMs - JITTER_MS)
  }
}
