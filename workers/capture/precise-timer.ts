/** A timer of Node.js counts whole milliseconds of a clock that is read once a turn of the loop. */
const TIMER_ERROR_MS = 1.2

/**
 * Calls back at a moment to about 0.1 ms (2026-11-23), where a timer of Node.js is up to 2 ms early or late. For the last
 * bit, at most 2.2 ms, the thread sleeps: only for a thread of its own, never for the main one.
 */
export class PreciseTimer {
  readonly #onTime: () => void
  readonly #neverChanged = new Int32Array(new SharedArrayBuffer(4))
  #dueMs = 0
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  constructor(onTime: () => void) {
    this.#onTime = onTime
  }

  /** @param dueMs on the clock of `performance.now()`; what is past is called back in the next turn of the loop. */
  set(dueMs: number): void {
    this.clear()
    this.#dueMs = dueMs
    const waitMs = Math.floor(dueMs - performance.now() - TIMER_ERROR_MS)
    // The shortest time of a timer is 1 ms.
    if (waitMs < 1) this.#immediate = setImmediate(this.#wakeUp)
    else this.#timer = setTimeout(this.#wakeUp, waitMs)
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  readonly #wakeUp = (): void => {
    const restMs = this.#dueMs - performance.now()
    if (restMs > 0) Atomics.wait(this.#neverChanged, 0, 0, restMs)
    this.#onTime()
  }
}
