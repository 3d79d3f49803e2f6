export interface BackoffOptions {
  readonly firstMs: number
  readonly capMs: number
}

/** Delays that double from `firstMs` up to `capMs`: the wait before retry number 1, 2, 3 … */
export class Backoff {
  readonly #options: BackoffOptions
  #attempts = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** How many delays were handed out since the last reset. */
  get attempts(): number {
    return this.#attempts
  }

  nextMs(): number {
    // The exponent is bounded so that a year of retries cannot overflow.
    const delayMs = this.#options.firstMs * 2 ** Math.min(this.#attempts, 30)
    this.#attempts += 1
    return Math.min(delayMs, this.#options.capMs)
  }

  reset(): void {
    this.#attempts = 0
  }
}
