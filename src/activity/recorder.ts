import type Database from 'better-sqlite3'
import { toErrorMessage } from '../errors.ts'
import { Backoff } from '../lib/backoff.ts'
import {
  type Action,
  type ActionOf,
  type ActivityDetails,
  type Category,
  isCategory,
  type Recorder,
} from '../protocol/activity.ts'
import { type ActivityDraft, toDraft } from '../protocol/activity-draft.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { currentActor, currentOrigin, runAsSystem, SYSTEM_ACTOR } from './actor.ts'
import { LastWrite } from './last-write.ts'
import { Ledger, type LedgerCounts, type LossReason } from './ledger.ts'
import type { LogState } from './repository.ts'
import { type SealedEntry, Sealer } from './sealer.ts'

/** Told when a record is settled: committed, or counted as lost. In order. */
export interface Receipt {
  settled(n: number): void
}

export interface RecorderOptions {
  /** Commits a group, all or none. */
  readonly store: (rows: readonly ActivityRow[]) => Promise<void>
  /** The same database, for `flushSync`. */
  readonly raw: Database.Database
  /** Where the log stands; the recorder goes on from there. */
  readonly state: LogState
  readonly enabled: boolean
  /** After the commit, in `seq` order, once per group. */
  readonly publish: (entries: readonly SealedEntry[]) => void
  readonly warn: (message: string, fields: object) => void
  readonly nowMs?: () => number
  /** Rows in one commit. A commit blocks the loop: 128 rows take 1.6 ms at `synchronous=FULL` (measured). */
  readonly maxGroupRows?: number
  /** Records of this thread that may wait, default 10,000. A worker's are bounded by its window. */
  readonly maxQueued?: number
  readonly retry?: { readonly firstMs: number; readonly capMs: number }
}

interface QueuedRecord {
  readonly draft: ActivityDraft
  readonly receipt: Receipt | undefined
  /** The sender's number of this record. */
  readonly n: number
}

interface Group {
  readonly entries: readonly SealedEntry[]
  readonly records: readonly QueuedRecord[]
}

interface Waiter {
  readonly settledCount: number
  readonly resolve: () => void
}

/** Recorded even while the log is disabled: they explain the gap. */
const ALWAYS_RECORDED: ReadonlySet<Action> = new Set<Action>([
  'activity_log_enabled',
  'activity_log_settings_changed',
  'activity_log_cleared',
  'activity_records_lost',
])

/**
 * The one writer of the activity log. Main thread only.
 *
 * Recording must never break the action it describes: `record` does not throw, does not block and
 * returns nothing. A row is committed before its event is published. A commit that fails is
 * retried for as long as the server runs; meanwhile records queue up to a bound, and what is
 * dropped beyond it is counted and told in the log once writing works again.
 */
export class ActivityRecorder implements Recorder {
  readonly #options: RecorderOptions
  readonly #nowMs: () => number
  readonly #maxGroupRows: number
  readonly #maxQueued: number
  readonly #retry: Backoff
  readonly #sealer: Sealer
  readonly #lastWrite: LastWrite
  readonly #ledger = new Ledger()
  #queue: QueuedRecord[] = []
  /** Those in the queue that no worker sent. */
  #ownQueued = 0
  /** Sealed and not yet committed; kept for the retry, so that no `seq` is skipped. */
  #inFlight: Group | undefined
  #enabled: boolean
  #closed = false
  #failingSinceMs: number | undefined
  #armed: NodeJS.Immediate | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #flushing = false
  #reporting = false
  #waiters: Waiter[] = []
  #takenCount = 0
  #settledCount = 0
  #committed: ChainLink

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? Date.now
    this.#maxGroupRows = options.maxGroupRows ?? 128
    this.#maxQueued = options.maxQueued ?? 10_000
    this.#retry = new Backoff(options.retry ?? { firstMs: 100, capMs: 30_000 })
    this.#sealer = new Sealer(options.state)
    this.#committed = this.#sealer.head
    this.#lastWrite = new LastWrite(options.raw)
    this.#enabled = options.enabled
  }

  record<C extends Category>(category: C, action: ActionOf<C>, details: ActivityDetails): void {
    // Also a key of the books, where anything else could throw.
    const filedUnder = isCategory(category) ? category : 'system'
    try {
      if (!this.#admits(filedUnder, action)) return
      // The actor is read here, not in the flush, which runs in the async context of whichever
      // request happened to arm it.
      const context = { tsMs: this.#nowMs(), actor: currentActor(), origin: currentOrigin() }
      this.#enqueue(toDraft(category, action, details, context), undefined, 0)
    } catch (cause) {
      this.#lose(filedUnder, 'invalid', 1, cause)
    }
  }

  /** Takes a record that came from another thread, already read and bounded. Never throws. */
  take(draft: Omit<ActivityDraft, 'actor'>, receipt: Receipt, n: number): void {
    if (this.#admits(draft.category, draft.action as Action)) {
      this.#enqueue({ ...draft, actor: SYSTEM_ACTOR }, receipt, n)
    } else {
      receipt.settled(n)
    }
  }

  /** Counts records that a worker had to drop before they could be posted. */
  countLostInWorker(category: Category, count: number): void {
    this.#lose(category, 'worker_window', count)
  }

  /** Resolves once every record taken before the call is on disk or counted as lost. */
  async flush(): Promise<void> {
    const settledCount = this.#takenCount
    if (this.#settledCount >= settledCount || this.#closed) return
    await new Promise<void>((resolve) => this.#waiters.push({ settledCount, resolve }))
  }

  /**
   * Writes what is not yet committed, at once and for the last time: later records are refused.
   * For a process that is about to end. Nothing is published.
   *
   * @returns how many records could not be written.
   */
  flushSync(): number {
    if (this.#closed) return 0
    this.#closed = true
    this.#disarm()
    const groups = this.#inFlight ? [this.#inFlight] : []
    this.#inFlight = undefined
    if (this.#queue.length > 0) groups.push(this.#seal(this.#queue.splice(0)))
    const entries = groups.flatMap((group) => group.entries)
    try {
      this.#lastWrite.write(entries.map(({ row }) => row))
      this.#ledger.stored(entries.length)
      this.#committed = this.#sealer.head
      return 0
    } catch (cause) {
      for (const { row } of entries) this.#lose(row.category, 'exit', 1, cause)
      return entries.length
    } finally {
      for (const waiter of this.#waiters.splice(0)) waiter.resolve()
    }
  }

  get enabled(): boolean {
    return this.#enabled
  }

  /**
   * Switches recording. The entry about switching off must be committed before this is called.
   *
   * @returns how many records were suppressed, by category, since it was switched off.
   */
  setEnabled(enabled: boolean): Readonly<Partial<Record<Category, number>>> {
    this.#enabled = enabled
    return this.#ledger.takeSuppressed()
  }

  /** The newest link of the chain; it may not be committed yet. */
  get head(): ChainLink {
    return this.#sealer.head
  }

  /** The newest link that is on disk. */
  get committed(): ChainLink {
    return this.#committed
  }

  /** `accepted = stored + queued + dropped` at every moment. */
  counts(): LedgerCounts {
    return this.#ledger.counts(this.#queue.length + (this.#inFlight?.records.length ?? 0))
  }

  /** Since when commits fail, ms since 1970; undefined while writing works. */
  get failingSinceMs(): number | undefined {
    return this.#failingSinceMs
  }

  #admits(category: Category, action: Action): boolean {
    if (this.#closed) {
      this.#lose(category, 'closed', 1)
      return false
    }
    if (this.#enabled || ALWAYS_RECORDED.has(action)) return true
    this.#ledger.suppressed(category)
    return false
  }

  #enqueue(draft: ActivityDraft, receipt: Receipt | undefined, n: number): void {
    if (receipt === undefined) {
      if (this.#ownQueued >= this.#maxQueued) {
        this.#lose(draft.category, 'queue_full', 1)
        return
      }
      this.#ownQueued += 1
    }
    this.#ledger.accepted(1)
    this.#takenCount += 1
    this.#queue.push({ draft, receipt, n })
    this.#arm()
  }

  /** A macrotask, never a microtask: those run between port messages and make groups of one. */
  #arm(): void {
    if (this.#flushing || this.#retryTimer !== undefined || this.#closed) return
    // Whoever records first must not lend its name to what the flush sets off.
    this.#armed ??= runAsSystem(() => setImmediate(() => void this.#flushGroup()))
  }

  #disarm(): void {
    if (this.#armed !== undefined) clearImmediate(this.#armed)
    clearTimeout(this.#retryTimer)
    this.#armed = undefined
    this.#retryTimer = undefined
  }

  async #flushGroup(): Promise<void> {
    this.#armed = undefined
    this.#retryTimer = undefined
    if (this.#closed) return
    this.#inFlight ??= this.#seal(this.#takeQueued())
    const group = this.#inFlight
    if (group.records.length === 0) {
      this.#inFlight = undefined
      return
    }
    this.#flushing = true
    try {
      await this.#options.store(group.entries.map(({ row }) => row))
    } catch (cause) {
      this.#flushing = false
      this.#onCommitFailed(cause)
      return
    }
    this.#flushing = false
    // `flushSync` came in between and has counted this group.
    if (this.#closed) return
    this.#onCommitted(group)
  }

  #takeQueued(): readonly QueuedRecord[] {
    const records = this.#queue.splice(0, this.#maxGroupRows)
    for (const { receipt } of records) if (receipt === undefined) this.#ownQueued -= 1
    return records
  }

  #onCommitted(group: Group): void {
    this.#inFlight = undefined
    // Nothing is sealed while a group is under way.
    this.#committed = this.#sealer.head
    this.#ledger.stored(group.records.length)
    if (this.#failingSinceMs !== undefined) this.#onRecovered()
    this.#retry.reset()
    this.#settle(group.records)
    this.#reportLost()
    try {
      this.#options.publish(group.entries)
    } catch (cause) {
      this.#warn('an entry is stored but could not be published', { error: toErrorMessage(cause) })
    }
    if (this.#queue.length > 0) this.#arm()
  }

  #onCommitFailed(cause: unknown): void {
    if (this.#closed) return
    if (this.#failingSinceMs === undefined) {
      this.#failingSinceMs = this.#nowMs()
      this.#warn('the activity log cannot be written; records wait in memory', {
        error: toErrorMessage(cause),
      })
    }
    this.#retryTimer = setTimeout(() => void this.#flushGroup(), this.#retry.nextMs())
  }

  #onRecovered(): void {
    const lateMs = this.#nowMs() - (this.#failingSinceMs ?? 0)
    this.#failingSinceMs = undefined
    this.#warn('the activity log can be written again', { after_ms: lateMs })
  }

  /** Gives `seq` and hash. From here on the group is retried as it is until it is stored. */
  #seal(records: readonly QueuedRecord[]): Group {
    const entries = records.map(({ draft }) => this.#sealer.seal(draft))
    return { entries, records }
  }

  #settle(records: readonly QueuedRecord[]): void {
    this.#settledCount += records.length
    for (const { receipt, n } of records) receipt?.settled(n)
    const due = this.#waiters.filter((waiter) => waiter.settledCount <= this.#settledCount)
    if (due.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => waiter.settledCount > this.#settledCount)
    for (const waiter of due) waiter.resolve()
  }

  /** Cannot throw: it is what `record` does when all else fails. */
  #lose(category: Category, reason: LossReason, count: number, cause?: unknown): void {
    const isNews = this.#ledger.lost(category, reason, count)
    if (isNews)
      this.#warn('activity records are lost', { category, reason, error: toErrorMessage(cause ?? reason) })
    // Nothing else may come to carry the news; a failing log has its own retry.
    if (isNews && this.#queue.length === 0 && this.#inFlight === undefined) this.#reportLost()
  }

  /** The entry that says what was lost, as soon as the log takes entries again. */
  #reportLost(): void {
    if (this.#closed || this.#reporting || this.#ownQueued >= this.#maxQueued) return
    const lost = this.#ledger.takeUnreported()
    if (lost === undefined) return
    const { total, byCategory, byReason } = lost
    this.#reporting = true
    runAsSystem(() =>
      this.record('system', 'activity_records_lost', {
        message: `${total} ${total === 1 ? 'entry was' : 'entries were'} lost because the log could not take them.`,
        metadata: { count: total, categories: byCategory, reasons: byReason },
      }),
    )
    this.#reporting = false
  }

  #warn(message: string, fields: object): void {
    try {
      this.#options.warn(message, fields)
    } catch {
      // The server log is the last resort; there is nowhere left to say it.
    }
  }
}
