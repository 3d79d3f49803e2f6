import type { LossReason } from '../../src/protocol/worker-messages.ts'

/** RFC 6762 §5.2: when a record of interest is asked for again, in parts of its TTL. */
const REFRESH_AT = [0.8, 0.85, 0.9, 0.95]
/** RFC 6762 §5.2: a random part of this much of the TTL comes on top. */
const JITTER = 0.02
/** RFC 6762 §5.2: no question is repeated sooner. */
const MIN_INTERVAL_MS = 1_000
/** RFC 6762 §10.1, §10.2: a goodbye or a flush takes effect this much later. */
const DISMISSAL_MS = 1_000
/** Unanswered questions before silence means anything, also after this machine slept through all of them. */
const MIN_QUESTIONS = 2
/** What controllers use lies between; anything beyond would keep a ghost for days, or us busy. */
const MIN_TTL_SECONDS = 10
const MAX_TTL_SECONDS = 4_500

/** How long one received record holds, and when it is asked for again. */
export class Lease {
  readonly receivedMs: number
  readonly #ttlMs: number
  readonly #jitter: number
  #asked = 0
  #askedMs = Number.NEGATIVE_INFINITY
  #dismissed: { readonly endMs: number; readonly reason: LossReason } | undefined

  /** `random` is in [0, 1). */
  constructor(ttlSeconds: number, nowMs: number, random: number) {
    this.receivedMs = nowMs
    this.#ttlMs = Math.min(Math.max(ttlSeconds, MIN_TTL_SECONDS), MAX_TTL_SECONDS) * 1_000
    this.#jitter = random * JITTER
  }

  get isDismissed(): boolean {
    return this.#dismissed !== undefined
  }

  /** How it ends: taken back by whoever gave it, or not renewed. */
  get endReason(): LossReason {
    return this.#dismissed?.reason ?? 'silence'
  }

  /** When it is asked for next; `Infinity` when never again. */
  get askMs(): number {
    const part = REFRESH_AT[this.#asked]
    if (part === undefined || this.#dismissed) return Number.POSITIVE_INFINITY
    return Math.max(this.receivedMs + (part + this.#jitter) * this.#ttlMs, this.#askedMs + MIN_INTERVAL_MS)
  }

  /** When it ends if nothing more is heard; `Infinity` until a repeated question had its chance. */
  get endMs(): number {
    if (this.#dismissed) return this.#dismissed.endMs
    if (this.#asked < MIN_QUESTIONS) return Number.POSITIVE_INFINITY
    return Math.max(this.receivedMs + this.#ttlMs, this.#askedMs + MIN_INTERVAL_MS)
  }

  /** Whole seconds left of the TTL as received. */
  remainingSeconds(nowMs: number): number {
    return Math.max(0, Math.floor((this.receivedMs + this.#ttlMs - nowMs) / 1_000))
  }

  /** RFC 6762 §7.1: only a record with more than half of its life left is told as known. */
  isFresh(nowMs: number): boolean {
    return !this.#dismissed && nowMs - this.receivedMs < this.#ttlMs / 2
  }

  asked(nowMs: number): void {
    this.#asked += 1
    this.#askedMs = nowMs
  }

  /** Ends it a second from now, unless the record comes again and with it a new lease. */
  dismiss(nowMs: number, reason: LossReason): void {
    this.#dismissed ??= { endMs: nowMs + DISMISSAL_MS, reason }
  }
}
