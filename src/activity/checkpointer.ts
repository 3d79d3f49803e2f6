import type { CheckpointResult } from '../storage/open.ts'
import { runAsSystem } from './actor.ts'

/** Pages of the write-ahead log that make it worth moving: what SQLite itself would wait for. */
const WORTH_MOVING_PAGES = 1_000
/** A log of 16 MiB that never comes to an end is ended on this thread. */
const MAX_UNENDED_PAGES = 4_000
/** An insert touches the end of the table, of its index and the page of the counter. */
const PAGES_PER_COMMIT = 3
const ROWS_PER_PAGE = 8

export interface CheckpointerOptions {
  /** Moves the write-ahead log in another thread. */
  readonly checkpointBeside: () => Promise<CheckpointResult>
  /** The same on this thread, for the few pages written meanwhile. */
  readonly checkpointHere: () => CheckpointResult
  readonly warn: (message: string, cause: unknown) => void
}

/**
 * Keeps the write-ahead log short without holding up the writer. SQLite's own checkpoint would run inside
 * a commit: 1,000 pages and two fsyncs on the main thread. Here another thread moves the pages; only what
 * was committed meanwhile is moved by the writer, and only when the log would never come to its end
 * otherwise, since SQLite begins a new one only after all of it was moved.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  #pages = 0
  #isRunning = false
  #isStopped = false

  constructor(options: CheckpointerOptions) {
    this.#options = options
  }

  /** A commit of so many rows has been added to the write-ahead log. */
  noteCommit(rows: number): void {
    this.#pages += PAGES_PER_COMMIT + rows / ROWS_PER_PAGE
    if (this.#pages < WORTH_MOVING_PAGES || this.#isRunning || this.#isStopped) return
    this.#pages = 0
    this.#isRunning = true
    runAsSystem(() => void this.#run())
  }

  stop(): void {
    this.#isStopped = true
  }

  async #run(): Promise<void> {
    try {
      const { logPages, movedPages } = await this.#options.checkpointBeside()
      if (this.#isStopped) return
      if (movedPages < logPages && logPages > MAX_UNENDED_PAGES) this.#options.checkpointHere()
    } catch (cause) {
      if (!this.#isStopped)
        this.#options.warn('the write-ahead log could not be moved; it is tried again', cause)
    } finally {
      this.#isRunning = false
    }
  }
}
