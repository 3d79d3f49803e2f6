/** A change is settled when this share of it is left. */
const REST_AT_SETTLING = 0.02
/** Light nearer than this to where it should be has arrived; a step of 8 bits is at least 15 times that. */
const ARRIVED = 2e-5

/**
 * Lets light follow the picture with a delay, as a low-pass of the first order: 98 % of a change has
 * happened after the settling time, however many frames it took. What is shown survives new settings.
 */
export class Smoother {
  /** Where the light should be; to be written, after `advance`, with each frame. */
  readonly aim: Float32Array
  /** What is shown; the same buffer as `aim` without smoothing. */
  readonly shown: Float32Array
  readonly #tauMs: number
  #isMoving = false
  #isFresh: boolean
  #lastMs = 0

  /** @param before goes on from what this one shows, if it is of as many LEDs. */
  constructor(length: number, settlingMs: number, before?: Smoother) {
    this.aim = new Float32Array(length)
    this.shown = settlingMs > 0 ? new Float32Array(length) : this.aim
    this.#tauMs = settlingMs / -Math.log(REST_AT_SETTLING)
    this.#isFresh = before === undefined || before.#isFresh || before.shown.length !== length
    if (before === undefined || this.#isFresh) return
    this.aim.set(before.aim)
    this.shown.set(before.shown)
    this.#lastMs = before.#lastMs
    this.#isMoving = this.shown !== this.aim
  }

  /** Whether `shown` will change by time alone. */
  get isMoving(): boolean {
    return this.#isMoving
  }

  /** To be called when `aim` was written. The first light ever is shown as it is. */
  aimed(): void {
    if (this.shown === this.aim) return
    if (this.#isFresh) this.shown.set(this.aim)
    else this.#isMoving = true
    this.#isFresh = false
  }

  /** Brings `shown` to this moment. */
  advance(nowMs: number): void {
    const elapsedMs = nowMs - this.#lastMs
    this.#lastMs = nowMs
    if (!this.#isMoving) return
    const { aim, shown } = this
    const share = 1 - Math.exp(-Math.max(0, elapsedMs) / this.#tauMs)
    let isMoving = false
    for (let i = 0; i < shown.length; i += 1) {
      const rest = (aim[i] ?? 0) - (shown[i] ?? 0)
      if (rest < ARRIVED && rest > -ARRIVED) {
        shown[i] = aim[i] ?? 0
        continue
      }
      shown[i] = (shown[i] ?? 0) + rest * share
      isMoving = true
    }
    this.#isMoving = isMoving
  }
}
