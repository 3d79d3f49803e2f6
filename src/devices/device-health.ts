export type HealthState = 'unknown' | 'online' | 'offline'

/** What a look at a device has brought to light and is worth an entry. */
export type HealthNews =
  | { readonly kind: 'offline'; readonly reason: string }
  | { readonly kind: 'online'; readonly outageMs: number }
  /** Outages that were too short and too many for an entry each. */
  | { readonly kind: 'flapping'; readonly outages: number; readonly state: HealthState }

/** Two silent looks in a row make an outage: one lost packet does not. */
const FAILURES_FOR_OFFLINE = 2
/** After an outage further ones are counted for this long instead of told one by one. */
const FOLD_MS = 60_000
/** An outage this long is one, and no flap. */
const REAL_OUTAGE_MS = 10_000

/**
 * The health of one device as its answers tell it, without clock or socket. An outage is told once
 * when it is noticed and once when it ends, with its length; a device that comes and goes gets one
 * entry a minute with the count.
 */
export class DeviceHealth {
  #state: HealthState = 'unknown'
  #sinceMs: number
  #failures = 0
  #foldUntilMs = Number.NEGATIVE_INFINITY
  #foldedOutages = 0
  /** Whether the outage going on has its entry; only then does its end get one. */
  #isOutageTold = false

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  get state(): HealthState {
    return this.#state
  }

  /** When it came into this state, on the clock of the calls. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  /** Takes note of an answer. @returns what is worth an entry. */
  answered(nowMs: number): readonly HealthNews[] {
    this.#failures = 0
    const news: HealthNews[] = []
    if (this.#state === 'offline') {
      const outageMs = nowMs - this.#sinceMs
      if (this.#isOutageTold) {
        news.push({ kind: 'online', outageMs })
        this.#foldUntilMs = nowMs + FOLD_MS
      }
      this.#isOutageTold = false
    }
    if (this.#state !== 'online') this.#enter('online', nowMs)
    return [...news, ...this.#endFold(nowMs)]
  }

  /** Takes note of a look that got no answer. @returns what is worth an entry. */
  failed(nowMs: number, reason: string): readonly HealthNews[] {
    this.#failures += 1
    const news: HealthNews[] = [...this.#endFold(nowMs)]
    if (this.#state === 'offline' || this.#failures < FAILURES_FOR_OFFLINE) return news
    this.#enter('offline', nowMs)
    if (nowMs < this.#foldUntilMs) {
      this.#foldedOutages += 1
      return news
    }
    this.#isOutageTold = true
    news.push({ kind: 'offline', reason })
    return news
  }

  /** The minute is over: tells the outages in it, and takes one that goes on as told. */
  #endFold(nowMs: number): readonly HealthNews[] {
    const isUndecided = this.#state === 'offline' && nowMs - this.#sinceMs < REAL_OUTAGE_MS
    if (this.#foldedOutages === 0 || nowMs < this.#foldUntilMs || isUndecided) return []
    const outages = this.#foldedOutages
    this.#foldedOutages = 0
    this.#foldUntilMs = nowMs + FOLD_MS
    this.#isOutageTold = this.#state === 'offline'
    return [{ kind: 'flapping', outages, state: this.#state }]
  }

  #enter(state: HealthState, nowMs: number): void {
    this.#state = state
    this.#sinceMs = nowMs
  }
}
