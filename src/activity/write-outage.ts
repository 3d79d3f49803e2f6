import { Backoff, type BackoffOptions } from '../lib/backoff.ts'

/** A time in which commits fail. */
export interface Outage {
  readonly sinceMs: number
  /** In words: `the disk is full`. */
  readonly reason: string
}

/** Whether the log can be written, since when it cannot, and when to try again. */
export class WriteOutage {
  readonly #backoff: Backoff
  #current: Outage | undefined

  constructor(retry: BackoffOptions) {
    this.#backoff = new Backoff(retry)
  }

  /** Undefined while writing works. */
  get current(): Outage | undefined {
    return this.#current
  }

  nextRetryMs(): number {
    return this.#backoff.nextMs()
  }

  /** A commit failed. @returns true when it is the first of an outage. */
  begin(sinceMs: number, reason: string): boolean {
    const isNews = this.#current === undefined
    this.#current = { sinceMs: this.#current?.sinceMs ?? sinceMs, reason }
    return isNews
  }

  /** A commit worked. @returns the outage that ended with it, if there was one. */
  end(): Outage | undefined {
    const ended = this.#current
    this.#current = undefined
    this.#backoff.reset()
    return ended
  }
}
