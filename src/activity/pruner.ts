import { setImmediate as nextLoop } from 'node:timers/promises'
import type { PrunedRange, PruneRule } from '../protocol/log-read.ts'
import type { ActivityLogRepository } from './repository.ts'

const MIN_CHUNK_ROWS = 16
const MAX_CHUNK_ROWS = 4_096

/** Two ranges that went one after the other, as one. */
export function joinRanges(before: PrunedRange, after: PrunedRange): PrunedRange {
  return {
    count: before.count + after.count,
    first: before.first ?? after.first,
    last: after.last ?? before.last,
  }
}

/** Removes the oldest entries in chunks small enough that writing is never held up. */
export class Pruner {
  readonly #repository: Pick<ActivityLogRepository, 'pruneChunk'>
  readonly #budgetMs: number
  #chunkRows = 256

  /** `budgetMs`: what one chunk may block the loop for. */
  constructor(repository: Pick<ActivityLogRepository, 'pruneChunk'>, budgetMs: number) {
    this.#repository = repository
    this.#budgetMs = budgetMs
  }

  /**
   * Removes until the rule is met or `mustStop`. Each chunk that went is told at once, so that the
   * caller knows of it also when a later one fails.
   */
  async run(rule: PruneRule, mustStop: () => boolean, onGone: (range: PrunedRange) => void): Promise<void> {
    while (!mustStop()) {
      const chunkRows = this.#chunkRows
      const startedMs = performance.now()
      const gone = await this.#repository.pruneChunk(rule, chunkRows)
      this.#adaptChunk(performance.now() - startedMs, gone.count)
      onGone(gone)
      if (gone.count < chunkRows) return
      await nextLoop()
      // What was recorded during the chunk is committed in the turn that begins here, before the next chunk.
      await nextLoop()
    }
  }

  /** Aims at the budget and never more than doubles: one quick chunk proves little. */
  #adaptChunk(tookMs: number, count: number): void {
    if (count === 0) return
    const fitting = Math.floor((count * this.#budgetMs) / Math.max(tookMs, 0.05))
    this.#chunkRows = Math.max(MIN_CHUNK_ROWS, Math.min(fitting, this.#chunkRows * 2, MAX_CHUNK_ROWS))
  }
}
