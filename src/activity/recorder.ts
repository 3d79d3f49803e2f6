import { toErrorMessage } from '../errors.ts'
import { Gate } from '../lib/gate.ts'
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
import { Committer, type CommitterOptions, type Group, type QueuedRecord, type Receipt } from './committer.ts'
import { Ledger, type LedgerCounts, type LossReason } from './ledger.ts'
import type { LogState } from './log-state.ts'
import { type EndedOutage, toLossDetails, toRecoveryDetails } from './recorder-reports.ts'
import type { SealedEntry } from './sealer.ts'
import { Settlement } from './settlement.ts'
import type { Outage } from './write-outage.ts'

export interface RecorderOptions extends Pick<CommitterOptions, 'store' | 'state' | 'warn'> {
  /** Commits rows synchronously or throws; those that are there already are no error. */
  readonly storeSync: (rows: readonly ActivityRow[]) => void
  /** Puts rows where the next start finds them, or throws. For a process that ends with a failing log. */
  readonly spill: (rows: readonly ActivityRow[]) => void
  readonly enabled: boolean
  /** After the commit, in `seq` order, once per group. */
  readonly publish: (entries: readonly SealedEntry[]) => void
  readonly onCommitTimed?: CommitterOptions['onCommitTimed']
  readonly nowMs?: () => number
  /** Records of this thread that may wait, default 10,000. A worker's are bounded by its window. */
  readonly maxQueued?: number
  /** Losses that go on are told again after this, ms; default 10,000. */
  readonly reportIntervalMs?: number
  /** Between the attempts of a commit that fails. Default: 100 ms, doubling up to 5 s. */
  readonly retry?: CommitterOptions['retry']
}

/** Recorded even while the log is disabled: they explain the gap. */
const ALWAYS_RECORDED: ReadonlySet<Action> = new Set<Action>([
  'activity_log_enabled',
  'activity_log_settings_changed',
  'activity_log_cleared',
  'activity_records_lost',
  'activity_log_replaced',
  'unclean_shutdown_detected',
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
  readonly #maxQueued: number
  readonly #committer: Committer
  readonly #ledger = new Ledger()
  readonly #settlement = new Settlement()
  readonly #reports: Gate
  #queue: QueuedRecord[] = []
  /** Those in the queue that no worker sent. */
  #ownQueued = 0
  /** Written to a spill file at the end; the next start stores them. */
  #spilled = 0
  #enabled: boolean
  #closed = false
  #isReporting = false
  /** Over, and not yet told in the log. */
  #endedOutage: EndedOutage | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? Date.now
    this.#maxQueued = options.maxQueued ?? 10_000
    this.#enabled = options.enabled
    this.#reports = new Gate(options.reportIntervalMs ?? 10_000)
    this.#committer = new Committer({
      take: (maxRows) => this.#takeQueued(maxRows),
      store: options.store,
      onCommitted: (group, ended) => this.#onCommitted(group, ended),
      onCommitTimed: (rows, tookMs) => this.#time(rows, tookMs),
      warn: (message, fields) => this.#warn(message, fields),
      nowMs: this.#nowMs,
      state: options.state,
      retry: options.retry ?? { firstMs: 100, capMs: 5_000 },
    })
  }

  record<C extends Category>(category: C, action: ActionOf<C>, details: ActivityDetails): void {
    // Also a key of the books, where anything else could throw.
    const filedUnder = isCategory(category) ? category : 'system'
    try {
      if (!this.#admits(filedUnder, action)) return
      // The actor is read here, not in the commit, which runs in the async context of whichever
      // request happened to arm it.
      const context = { tsMs: this.#nowMs(), actor: currentActor(), origin: currentOrigin() }
      this.#enqueue(toDraft(category, action, details, context), undefined)
    } catch (cause) {
      this.#lose(filedUnder, 'invalid', 1, cause)
    }
  }

  /** Takes a record that came from another thread, already read and bounded. Never throws. */
  take(draft: Omit<ActivityDraft, 'actor'>, receipt: Receipt): void {
    if (this.#admits(draft.category, draft.action as Action)) {
      this.#enqueue({ ...draft, actor: SYSTEM_ACTOR }, receipt)
    } else {
      receipt.settled()
    }
  }

  /** Counts records that a worker had to drop before they could be posted. */
  countLostInWorker(category: Category, count: number): void {
    this.#lose(category, 'worker_window', count)
  }

  /** Resolves once every record taken before the call is on disk or counted as lost. */
  async flush(): Promise<void> {
    if (!this.#closed) await this.#settlement.untilSettled()
  }

  /**
   * Writes what is not yet committed, at once and for the last time: later records are refused.
   * For a process that is about to end. Nothing is published. What cannot be committed is spilled.
   *
   * @returns how many records are lost.
   */
  flushSync(): number {
    if (this.#closed) return 0
    this.#reports.close()
    this.#recordReports()
    this.#closed = true
    const rows = this.#committer.close(this.#queue.splice(0))
    const lost = rows.length === 0 ? 0 : this.#writeLast(rows)
    this.#settlement.end()
    return lost
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
    return this.#committer.head
  }

  /** The newest link that is on disk. */
  get committed(): ChainLink {
    return this.#committer.committed
  }

  /** Since when and why commits fail; undefined while writing works. */
  get outage(): Outage | undefined {
    return this.#committer.outage
  }

  /** `accepted = stored + queued + dropped` at every moment; what was spilled counts as queued. */
  counts(): LedgerCounts {
    return this.#ledger.counts(this.#queue.length + this.#committer.inFlightCount + this.#spilled)
  }

  /** The log was replaced by another: what is not yet stored gets its place there. */
  goOnFrom(state: LogState): void {
    this.#committer.goOnFrom(state)
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

  #enqueue(draft: ActivityDraft, receipt: Receipt | undefined): void {
    if (receipt === undefined) {
      if (this.#ownQueued >= this.#maxQueued) {
        this.#lose(draft.category, 'queue_full', 1)
        return
      }
      this.#ownQueued += 1
    }
    this.#ledger.accepted(1)
    this.#settlement.taken()
    this.#queue.push({ draft, receipt })
    this.#committer.arm()
  }

  #takeQueued(maxRows: number): readonly QueuedRecord[] {
    const records = this.#queue.splice(0, maxRows)
    for (const { receipt } of records) if (receipt === undefined) this.#ownQueued -= 1
    return records
  }

  #onCommitted({ entries, records }: Group, ended: Outage | undefined): void {
    this.#ledger.stored(records.length)
    for (const { receipt } of records) receipt?.settled()
    this.#settlement.settled(records.length)
    if (ended) {
      const late = records.length + this.#queue.length
      this.#endedOutage = { ...ended, endedMs: this.#nowMs(), late }
      this.#warn('the activity log can be written again', { late })
    }
    this.#report()
    try {
      this.#options.publish(entries)
    } catch (cause) {
      this.#warn('an entry is stored but could not be published', { error: toErrorMessage(cause) })
    }
    if (this.#queue.length > 0) this.#committer.arm()
  }

  #writeLast(rows: readonly ActivityRow[]): number {
    try {
      this.#options.storeSync(rows)
      this.#ledger.stored(rows.length)
      this.#committer.noteAllCommitted()
      return 0
    } catch (cause) {
      this.#warn('the last entries cannot be committed; they are left for the next start', {
        count: rows.length,
        error: toErrorMessage(cause),
      })
    }
    try {
      this.#options.spill(rows)
      this.#spilled = rows.length
      return 0
    } catch (cause) {
      for (const { category } of rows) this.#lose(category, 'exit', 1, cause)
      return rows.length
    }
  }

  /** Cannot throw: it is what `record` does when all else fails. */
  #lose(category: Category, reason: LossReason, count: number, cause?: unknown): void {
    const isNews = this.#ledger.lost(category, reason, count)
    if (!isNews) return
    this.#warn('activity records are lost', { category, reason, error: toErrorMessage(cause ?? reason) })
    // Nothing else may come to carry the news; a failing log has its own retry.
    if (this.#queue.length === 0 && this.#committer.inFlightCount === 0) this.#report()
  }

  /** The entries that say what was lost and what came late, as soon as the log takes entries again. */
  #report(): void {
    // Room for both.
    if (this.#closed || this.#isReporting || this.#ownQueued + 2 > this.#maxQueued) return
    if (!this.#ledger.hasUnreported && this.#endedOutage === undefined) return
    // A log that is written and still cannot take all would be filled with the news of it.
    if (!this.#reports.pass(() => runAsSystem(() => this.#report()))) return
    this.#recordReports()
  }

  #recordReports(): void {
    const lost = this.#ledger.takeUnreported()
    const late = this.#endedOutage
    this.#endedOutage = undefined
    this.#isReporting = true
    runAsSystem(() => {
      if (late) this.record('system', 'activity_log_recovered', toRecoveryDetails(late))
      if (lost) this.record('system', 'activity_records_lost', toLossDetails(lost))
    })
    this.#isReporting = false
  }

  #time(rows: number, tookMs: number): void {
    try {
      this.#options.onCommitTimed?.(rows, tookMs)
    } catch (cause) {
      this.#warn('a commit could not be measured', { error: toErrorMessage(cause) })
    }
  }

  #warn(message: string, fields: object): void {
    try {
      this.#options.warn(message, fields)
    } catch {
      // The server log is the last resort; there is nowhere left to say it.
    }
  }
}
