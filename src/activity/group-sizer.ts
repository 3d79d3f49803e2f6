/** What one commit may hold up the event loop for. */
const BUDGET_MS = 1.5
const FIRST_ROWS = 64
const MIN_ROWS = 16
/** Rows of twelve columns in one statement: SQLite takes 32,766 parameters. */
const MAX_ROWS = 2_048
const STEP_ROWS = 16
/** What an older commit counts for, next to the one after it. */
const MEMORY = 0.95
/** A commit says at most that all became so many times slower; more is the noise of a busy machine. */
const MAX_SURPRISE = 2
/** Below it, a commit is too quick to be measured well. */
const MIN_EXPECTED_MS = 0.1

/**
 * Finds how many rows fit a commit's time budget on this disk, at this moment.
 *
 * A commit costs something once (the fsync) and something per row. Both are estimated from recent
 * commits by weighted least squares. Where the fsync alone is over the budget, as on a memory card, small
 * groups would make it no shorter, only more frequent: then the rows may take as long as the fsync.
 */
export class GroupSizer {
  #rows = FIRST_ROWS
  #perRowMs = 0.01
  #weight = 0
  #sumRows = 0
  #sumMs = 0
  #sumRowsRows = 0
  #sumRowsMs = 0

  /** Rows the next commit may have. */
  get rows(): number {
    return this.#rows
  }

  /** Learns from a commit of `rows` rows that held up the loop for `tookMs`. */
  note(rows: number, tookMs: number): void {
    this.#add(rows, Math.min(tookMs, MAX_SURPRISE * this.#expectMs(rows)))
    const meanRows = this.#sumRows / this.#weight
    const meanMs = this.#sumMs / this.#weight
    const variance = this.#sumRowsRows / this.#weight - meanRows ** 2
    // Groups of one size say nothing about the slope; what was learned before still holds.
    if (variance > 1) this.#perRowMs = (this.#sumRowsMs / this.#weight - meanRows * meanMs) / variance
    // But never more than a row's share of all: else groups that became small once would stay small for ever.
    this.#perRowMs = Math.min(Math.max(this.#perRowMs, meanMs / meanRows / 20), meanMs / meanRows)
    const onceMs = Math.max(0, meanMs - this.#perRowMs * meanRows)
    const fitting = Math.floor(Math.max(BUDGET_MS - onceMs, onceMs) / this.#perRowMs)
    // Never more than doubled: one quick commit proves little. In steps, so that statements are used again.
    const next = Math.min(fitting, this.#rows * 2, MAX_ROWS)
    this.#rows = Math.max(MIN_ROWS, Math.floor(next / STEP_ROWS) * STEP_ROWS)
  }

  #add(rows: number, tookMs: number): void {
    this.#weight = this.#weight * MEMORY + 1
    this.#sumRows = this.#sumRows * MEMORY + rows
    this.#sumMs = this.#sumMs * MEMORY + tookMs
    this.#sumRowsRows = this.#sumRowsRows * MEMORY + rows * rows
    this.#sumRowsMs = this.#sumRowsMs * MEMORY + rows * tookMs
  }

  /** What a commit of so many rows should take, by what is known. */
  #expectMs(rows: number): number {
    if (this.#weight === 0) return Number.POSITIVE_INFINITY
    const meanMs = this.#sumMs / this.#weight
    return Math.max(MIN_EXPECTED_MS, meanMs + this.#perRowMs * (rows - this.#sumRows / this.#weight))
  }
}
