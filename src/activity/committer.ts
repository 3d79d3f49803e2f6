import { toErrorMessage } from '../errors.ts'
import type { ActivityDraft } from '../protocol/activity-draft.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { toFailureReason } from '../storage/sqlite-error.ts'
import { runAsSystem } from './actor.ts'
import { GroupSizer } from './group-sizer.ts'
import type { LogState } from './log-state.ts'
import { type SealedEntry, Sealer } from './sealer.ts'
import { type Outage, WriteOutage } from './write-outage.ts'

/** Told of each record that is settled: committed, or counted as lost. */
export interface Receipt {
  settled(): void
}

export interface QueuedRecord {
  readonly draft: ActivityDraft
  /** Undefined for a record of this thread. */
  readonly receipt: Receipt | undefined
}

/** Records with their place in the log, committed together. */
export interface Group {
  readonly entries: readonly SealedEntry[]
  readonly records: readonly QueuedRecord[]
}

export interface CommitterOptions {
  /** The next records in line, at most so many, oldest first. */
  readonly take: (maxRows: number) => readonly QueuedRecord[]
  /**
   * Commits a group, all or none. A state says that nothing was stored because the log goes on in a new
   * file, from there.
   */
  readonly store: (rows: readonly ActivityRow[]) => Promise<LogState | undefined>
  /** After the commit. `ended`: the outage that ended with it. */
  readonly onCommitted: (group: Group, ended: Outage | undefined) => void
  /** Told of each commit: its rows, and for how long it held up the loop. */
  readonly onCommitTimed: (rows: number, tookMs: number) => void
  readonly warn: (message: string, fields: object) => void
  readonly nowMs: () => number
  readonly state: LogState
  readonly retry: { readonly firstMs: number; readonly capMs: number }
}

/**
 * Commits queued records in groups, one at a time, as large as fit the time budget of the loop. A group
 * that fails is retried as it is for as long as it takes.
 */
export class Committer {
  readonly #options: CommitterOptions
  readonly #sizer = new GroupSizer()
  readonly #outage: WriteOutage
  #sealer: Sealer
  #committed: ChainLink
  /** Sealed and not yet committed; kept for the retry, so that no `seq` is skipped. */
  #inFlight: Group | undefined
  #armed: NodeJS.Immediate | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #isStoring = false
  #isClosed = false

  constructor(options: CommitterOptions) {
    this.#options = options
    this.#outage = new WriteOutage(options.retry)
    this.#sealer = new Sealer(options.state)
    this.#committed = this.#sealer.head
  }

  /** The newest link of the chain; it may not be committed yet. */
  get head(): ChainLink {
    return this.#sealer.head
  }

  /** The newest link that is on disk. */
  get committed(): ChainLink {
    return this.#committed
  }

  /** Since when and why commits fail; undefined while writing works. */
  get outage(): Outage | undefined {
    return this.#outage.current
  }

  /** How many records are taken and not yet committed. */
  get inFlightCount(): number {
    return this.#inFlight?.records.length ?? 0
  }

  /** Commits what is queued, soon. A macrotask: microtasks run between port messages and make groups of one. */
  arm(): void {
    if (this.#isStoring || this.#retryTimer !== undefined || this.#isClosed) return
    // Whoever records first must not lend its name to what the commit sets off.
    this.#armed ??= runAsSystem(() => setImmediate(() => void this.#commitGroup()))
  }

  /** Ends for good. @returns the rows of what was taken and of `rest`, to be written by other means. */
  close(rest: readonly QueuedRecord[]): readonly ActivityRow[] {
    this.#isClosed = true
    if (this.#armed !== undefined) clearImmediate(this.#armed)
    clearTimeout(this.#retryTimer)
    const inFlight = this.#inFlight?.entries ?? []
    this.#inFlight = undefined
    return [...inFlight, ...this.#seal(rest).entries].map(({ row }) => row)
  }

  /** All that was sealed is on disk by other means. */
  noteAllCommitted(): void {
    this.#committed = this.#sealer.head
  }

  /** What is not yet stored gets its place in another log. A commit under way will hear of it by itself. */
  goOnFrom(state: LogState): void {
    if (this.#isStoring) return
    this.#sealer = new Sealer(state)
    this.#committed = this.#sealer.head
    if (this.#inFlight === undefined) return
    this.#inFlight = this.#seal(this.#inFlight.records)
    this.arm()
  }

  async #commitGroup(): Promise<void> {
    this.#armed = undefined
    this.#retryTimer = undefined
    if (this.#isClosed) return
    const startedMs = performance.now()
    this.#inFlight ??= this.#seal(this.#options.take(this.#sizer.rows))
    const group = this.#inFlight
    if (group.records.length === 0) {
      this.#inFlight = undefined
      return
    }
    this.#isStoring = true
    let moved: LogState | undefined
    try {
      moved = await this.#options.store(group.entries.map(({ row }) => row))
    } catch (cause) {
      this.#isStoring = false
      this.#onFailed(cause)
      return
    }
    this.#isStoring = false
    // The last write came in between and has counted this group.
    if (this.#isClosed) return
    if (moved) this.goOnFrom(moved)
    else this.#onCommitted(group, performance.now() - startedMs)
  }

  #onCommitted(group: Group, tookMs: number): void {
    this.#inFlight = undefined
    // Nothing is sealed while a group is under way.
    this.#committed = this.#sealer.head
    this.#sizer.note(group.records.length, tookMs)
    this.#options.onCommitTimed(group.records.length, tookMs)
    this.#options.onCommitted(group, this.#outage.end())
  }

  #onFailed(cause: unknown): void {
    if (this.#isClosed) return
    const reason = toFailureReason(cause)
    if (this.#outage.begin(this.#options.nowMs(), reason)) {
      this.#options.warn('the activity log cannot be written; records wait in memory', {
        reason,
        error: toErrorMessage(cause),
      })
    }
    this.#retryTimer = setTimeout(() => void this.#commitGroup(), this.#outage.nextRetryMs())
  }

  /** Gives `seq` and hash. From here on the group is retried as it is until it is stored. */
  #seal(records: readonly QueuedRecord[]): Group {
    return { entries: records.map(({ draft }) => this.#sealer.seal(draft)), records }
  }
}
