import type { Category } from '../protocol/activity.ts'

/**
 * Why a record was dropped: the queue was full; it could not be read; a worker's window was full;
 * it came after the end; the process had to exit with a log that could not be written.
 */
export const LOSS_REASONS = ['queue_full', 'invalid', 'worker_window', 'closed', 'exit'] as const
export type LossReason = (typeof LOSS_REASONS)[number]

type Counts = Partial<Record<string, number>>

export interface LedgerCounts {
  readonly accepted: number
  readonly stored: number
  readonly queued: number
  readonly dropped: Readonly<Partial<Record<LossReason, number>>>
}

export interface Losses {
  readonly total: number
  readonly byCategory: { readonly [category: string]: number }
  readonly byReason: { readonly [reason: string]: number }
}

/** The books of the recorder: what came in and what became of it. */
export class Ledger {
  #accepted = 0
  #stored = 0
  readonly #dropped: Partial<Record<LossReason, number>> = {}
  #suppressed: Partial<Record<Category, number>> = {}
  #unreported: { total: number; byCategory: Counts; byReason: Counts } | undefined

  accepted(count: number): void {
    this.#accepted += count
  }

  stored(count: number): void {
    this.#stored += count
  }

  suppressed(category: Category): void {
    add(this.#suppressed, category, 1)
  }

  /**
   * Counts records that never entered the queue as accepted and dropped; those the process gives
   * up on at its end (`exit`) were accepted when they entered.
   *
   * @returns true when these are the first losses since the last report.
   */
  lost(category: Category, reason: LossReason, count: number): boolean {
    if (count <= 0) return false
    if (reason !== 'exit') this.#accepted += count
    add(this.#dropped, reason, count)
    const isNews = this.#unreported === undefined
    this.#unreported ??= { total: 0, byCategory: {}, byReason: {} }
    this.#unreported.total += count
    add(this.#unreported.byCategory, category, count)
    add(this.#unreported.byReason, reason, count)
    return isNews
  }

  get hasUnreported(): boolean {
    return this.#unreported !== undefined
  }

  /** What was lost since the last call; undefined when nothing was. */
  takeUnreported(): Losses | undefined {
    const losses = this.#unreported
    this.#unreported = undefined
    return losses as Losses | undefined
  }

  takeSuppressed(): Partial<Record<Category, number>> {
    const suppressed = this.#suppressed
    this.#suppressed = {}
    return suppressed
  }

  counts(queued: number): LedgerCounts {
    return { accepted: this.#accepted, stored: this.#stored, queued, dropped: { ...this.#dropped } }
  }
}

function add<K extends string>(counts: Partial<Record<K, number>>, key: K, count: number): void {
  counts[key] = (counts[key] ?? 0) + count
}
