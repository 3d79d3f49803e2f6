export interface TokenBucketOptions {
  readonly capacity: number
  /** One token comes back each time this has passed. */
  readonly refillMs: number
}

/** Allows bursts up to `capacity` and a steady trickle after that. */
export class TokenBucket {
  readonly #options: TokenBucketOptions
  #tokens: number
  #countedMs: number

  constructor(options: TokenBucketOptions, nowMs: number) {
    this.#options = options
    this.#tokens = options.capacity
    this.#countedMs = nowMs
  }

  /** False when there is none left. */
  take(nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#tokens === 0) return false
    this.#tokens -= 1
    return true
  }

  /** When `take` succeeds at the earliest. */
  nextMs(nowMs: number): number {
    this.#refill(nowMs)
    return this.#tokens > 0 ? nowMs : this.#countedMs + this.#options.refillMs
  }

  #refill(nowMs: number): void {
    const { capacity, refillMs } = this.#options
    const gained = Math.floor((nowMs - this.#countedMs) / refillMs)
    if (gained <= 0) return
    this.#tokens = Math.min(capacity, this.#tokens + gained)
    this.#countedMs += gained * refillMs
  }
}
