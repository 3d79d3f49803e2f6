/** Lets something through at most once in a while; what is held back is tried again when the time is over. */
export class Gate {
  readonly #intervalMs: number
  #openedMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** True at most once in an interval. Otherwise `again` is called when it is over, once however often this was asked. */
  pass(again: () => void): boolean {
    const nowMs = performance.now()
    const waitMs = this.#openedMs + this.#intervalMs - nowMs
    if (waitMs <= 0) {
      this.#openedMs = nowMs
      return true
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // A timer may come a little early.
      this.#openedMs = Number.NEGATIVE_INFINITY
      again()
    }, waitMs).unref()
    return false
  }

  /** Calls nobody any more. */
  close(): void {
    clearTimeout(this.#timer)
  }
}
