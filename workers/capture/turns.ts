import { PreciseTimer } from './precise-timer.ts'

/**
 * Calls back whoever has to wait for a moment, in the order of the moments: with a timer for each, one that sleeps
 * for its own would make others late. Between two turns the loop of the thread runs.
 */
export class Turns {
  readonly #duesMs = new Map<() => void, number>()
  readonly #timer = new PreciseTimer(() => this.#callDue())
  #armedMs = Number.POSITIVE_INFINITY

  /**
   * @param call has one moment at a time.
   * @param dueMs on the clock of `performance.now()`
   */
  set(call: () => void, dueMs: number): void {
    const wasNext = this.#duesMs.get(call) === this.#armedMs
    this.#duesMs.set(call, dueMs)
    if (wasNext || dueMs < this.#armedMs) this.#arm()
  }

  clear(call: () => void): void {
    const wasNext = this.#duesMs.get(call) === this.#armedMs
    this.#duesMs.delete(call)
    if (wasNext) this.#arm()
  }

  #callDue(): void {
    for (;;) {
      const next = this.#findNext()
      if (next === undefined || (this.#duesMs.get(next) ?? 0) > performance.now()) break
      this.#duesMs.delete(next)
      next()
    }
    this.#arm()
  }

  #arm(): void {
    const next = this.#findNext()
    this.#armedMs = next === undefined ? Number.POSITIVE_INFINITY : (this.#duesMs.get(next) ?? 0)
    if (next === undefined) this.#timer.clear()
    else this.#timer.set(this.#armedMs)
  }

  #findNext(): (() => void) | undefined {
    let next: (() => void) | undefined
    let nextMs = Number.POSITIVE_INFINITY
    for (const [call, dueMs] of this.#duesMs) {
      if (dueMs >= nextMs) continue
      next = call
      nextMs = dueMs
    }
    return next
  }
}
