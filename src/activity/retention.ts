import { setImmediate as nextLoop } from 'node:timers/promises'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { definedOf, listChanges } from '../lib/changes.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import type { JsonObject } from '../protocol/activity.ts'
import { NOTHING_PRUNED, type PrunedRange, type PruneRule } from '../protocol/log-read.ts'
import { type RetentionPatch, RetentionSettings } from '../protocol/retention.ts'
import type { SettingsStore } from '../storage/settings-store.ts'
import { runAsSystem } from './actor.ts'
import { joinRanges, Pruner } from './pruner.ts'
import type { ActivityRecorder } from './recorder.ts'
import type { ActivityLogRepository } from './repository.ts'
import { RETENTION_KEY } from './retention-settings.ts'

const DAY_MS = 86_400_000
/** Beyond this, wall clock and monotonic clock have parted: somebody or NTP set the time. */
const CLOCK_JUMP_MS = 5 * 60_000
/** Free pages given back in one step: 0.7 ms (measured). */
const VACUUM_PAGES = 32
/** What `clear` removes at once after the chunks: a few milliseconds. */
const LAST_ROWS = 4_096
/** How long an answer waits for the entry about what was done to be committed. */
const COMMIT_TIMEOUT_MS = 5_000

export interface RetentionOptions {
  readonly repository: Pick<ActivityLogRepository, 'pruneChunk' | 'reclaim' | 'clear'>
  readonly recorder: Pick<ActivityRecorder, 'record' | 'flush' | 'setEnabled'>
  readonly store: SettingsStore
  readonly settings: RetentionSettings
  readonly warn: (message: string, fields: object) => void
  readonly nowMs?: () => number
  readonly monotonicMs?: () => number
  /** "Soon after start": late enough not to compete with the start itself. */
  readonly firstRunMs?: number
  readonly intervalMs?: number
  /** What one chunk may block the loop for. */
  readonly chunkBudgetMs?: number
}

type PruneLimits = Pick<RetentionSettings, 'max_days' | 'max_entries'>

/** What goes by these limits at this moment, if the clock can be trusted. */
export function toPruneRule({ max_days, max_entries }: PruneLimits, nowMs: number): PruneRule {
  return { beforeMs: nowMs - max_days * DAY_MS, maxEntries: max_entries }
}

/** Keeps the log within its age and size, in chunks small enough that writing is never held up. */
export class ActivityLogRetentionEngine implements Part {
  readonly #options: RetentionOptions
  readonly #nowMs: () => number
  readonly #monotonicMs: () => number
  readonly #pruner: Pruner
  #settings: RetentionSettings
  #timer: NodeJS.Timeout | undefined
  #stopping = false
  #run: Promise<number> | undefined
  #update: Promise<unknown> = Promise.resolve()
  #lastClocks: { readonly wallMs: number; readonly monotonicMs: number } | undefined
  #ageRuleRestsUntilMs = Number.NEGATIVE_INFINITY
  /** It was off when the server started. */
  #isCountedFromStart: boolean
  #runCount = 0
  #removedCount = 0

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#isCountedFromStart = !options.settings.enabled
    this.#nowMs = options.nowMs ?? Date.now
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now())
    this.#pruner = new Pruner(options.repository, options.chunkBudgetMs ?? 2)
  }

  async start(): Promise<void> {
    // A machine without a clock of its own gets the time soon after its start.
    this.#watchClock(this.#nowMs())
    this.#schedule(this.#options.firstRunMs ?? 5_000)
  }

  /** Ends after the chunk under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#run?.catch(() => {})
  }

  getSettings(): RetentionSettings {
    return this.#settings
  }

  /**
   * Persists and applies a change. Resolves with the whole settings once they are on disk; a
   * smaller limit prunes at once. Switching off is recorded and committed before it acts.
   */
  async updateSettings(patch: RetentionPatch): Promise<RetentionSettings> {
    // One at a time: two changes at once would each write back the other's old values.
    const result = this.#update.then(() => this.#applyPatch(patch))
    this.#update = result.catch(() => {})
    return await result
  }

  /** Prunes now, unless a run is under way, which then counts. @returns how many entries went. */
  async prune(): Promise<number> {
    if (this.#run === undefined) this.#begin(() => this.#pruneAll(this.#settings)).catch(() => {})
    return (await this.#run) ?? 0
  }

  /** Prunes once by limits that may differ from the stored ones. @returns what went. */
  async pruneOnce(limits: PruneLimits): Promise<PrunedRange> {
    return await this.#alone(() => this.#pruneAll(limits))
  }

  /**
   * Wipes the log. Resolves once the entry about it is committed, which is recorded also while the log
   * is switched off. @returns how many entries went.
   */
  async clear(): Promise<number> {
    return (await this.#alone(() => this.#clearAll())).count
  }

  /** What would be pruned now by these limits. */
  ruleOf(limits: PruneLimits): PruneRule {
    const nowMs = this.#nowMs()
    this.#watchClock(nowMs)
    const rule = toPruneRule(limits, nowMs)
    return this.isAgeRuleResting ? { ...rule, beforeMs: null } : rule
  }

  /** How many runs have ended, those that removed nothing included. */
  get runCount(): number {
    return this.#runCount
  }

  /** How many entries went, by pruning or clearing. */
  get removedCount(): number {
    return this.#removedCount
  }

  /** True for a day after the clock has jumped. */
  get isAgeRuleResting(): boolean {
    return this.#monotonicMs() < this.#ageRuleRestsUntilMs
  }

  /** The next run on time, as the system: a change by a person must not put later runs in their name. */
  #schedule(delayMs: number): void {
    clearTimeout(this.#timer)
    if (this.#stopping) return
    this.#timer = runAsSystem(() => setTimeout(() => void this.#tick(), delayMs))
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    try {
      // One that is under way may have begun with other limits.
      await this.#run?.catch(() => {})
      await this.prune()
    } catch (cause) {
      this.#options.warn('retention failed; it tries again in its next run', { error: toErrorMessage(cause) })
    }
    this.#schedule(this.#options.intervalMs ?? 3_600_000)
  }

  async #applyPatch(patch: RetentionPatch): Promise<RetentionSettings> {
    const { recorder, store } = this.#options
    const before = this.#settings
    const after = RetentionSettings.parse({ ...before, ...definedOf(patch) })
    const changes = listChanges(before, after, ['enabled', 'max_days', 'max_entries'])
    if (Object.keys(changes).length === 0) return before

    const isSwitchedOff = before.enabled && !after.enabled
    try {
      if (isSwitchedOff) await this.#recordDisabled()
      await store.setSetting(RETENTION_KEY, after)
    } catch (cause) {
      // The entry about switching off is in the log, or will be: take it back.
      if (isSwitchedOff) this.#recordEnabled({})
      throw cause
    }
    this.#settings = after
    if (before.enabled !== after.enabled) {
      const suppressed = recorder.setEnabled(after.enabled)
      if (after.enabled) this.#recordEnabled(suppressed)
    }
    const { enabled: _enabled, ...limits } = changes
    if (Object.keys(limits).length > 0) {
      recorder.record('system', 'activity_log_settings_changed', {
        message: `The log now keeps entries for ${after.max_days} days and at most ${after.max_entries} of them.`,
        metadata: { max_days: after.max_days, max_entries: after.max_entries, changes: limits },
      })
      this.#schedule(0)
    }
    return after
  }

  async #recordDisabled(): Promise<void> {
    const { recorder } = this.#options
    recorder.record('system', 'activity_log_disabled', { message: 'The activity log was switched off.' })
    await withDeadline(recorder.flush(), COMMIT_TIMEOUT_MS, 'writing the entry about switching off the log')
  }

  #recordEnabled(suppressed: JsonObject): void {
    const count = Object.values(suppressed).reduce<number>((sum, value) => sum + Number(value), 0)
    // What an earlier run did not record, nobody counts any more.
    const since = this.#isCountedFromStart ? 'since the server started' : 'while it was off'
    this.#options.recorder.record('system', 'activity_log_enabled', {
      message: `The activity log was switched on; ${count} ${count === 1 ? 'entry was' : 'entries were'} not recorded ${since}.`,
      metadata: { suppressed_count: count, suppressed, counted_from_start: this.#isCountedFromStart },
    })
    this.#isCountedFromStart = false
  }

  /** Begins in the same turn in which no other run is found, so that no two find that at once. */
  async #alone(work: () => Promise<PrunedRange>): Promise<PrunedRange> {
    while (this.#run) await this.#run.catch(() => {})
    return await this.#begin(work)
  }

  /** Begins a run that holds off others until it has also given its free pages back. */
  #begin(work: () => Promise<PrunedRange>): Promise<PrunedRange> {
    const pruned = work()
    const run = pruned.then(async ({ count }) => {
      this.#runCount += 1
      this.#removedCount += count
      // Also when nothing went: an earlier run may have been stopped before it gave its pages back.
      await this.#reclaim()
      return count
    })
    this.#run = run.finally(() => {
      this.#run = undefined
    })
    this.#run.catch(() => {})
    return pruned
  }

  async #pruneAll(limits: PruneLimits): Promise<PrunedRange> {
    const { repository } = this.#options
    const rule = this.ruleOf(limits)
    let gone = NOTHING_PRUNED
    const note = (range: PrunedRange): void => {
      gone = joinRanges(gone, range)
    }
    try {
      await this.#pruner.run(rule, () => this.#stopping, note)
      // Room for the entry about this run; else a full log would lose an entry to it in every run.
      const ownRoom = { beforeMs: null, maxEntries: rule.maxEntries - 1 }
      if (gone.count > 0) note(await repository.pruneChunk(ownRoom, 1))
    } finally {
      this.#recordPruned(gone, limits)
    }
    return gone
  }

  #recordPruned({ count, first, last }: PrunedRange, { max_days, max_entries }: PruneLimits): void {
    if (first === null || last === null) return
    this.#options.recorder.record('system', 'activity_log_pruned', {
      message: `${count} old ${count === 1 ? 'entry was' : 'entries were'} removed from the log.`,
      metadata: { removed: count, from_seq: first.seq, to_seq: last.seq, max_days, max_entries },
    })
  }

  /** In chunks, so that wiping millions of entries holds up nobody; the newest at once. */
  async #clearAll(): Promise<PrunedRange> {
    const { repository, recorder } = this.#options
    let count = 0
    let isDone = false
    try {
      const allButLast = { beforeMs: null, maxEntries: LAST_ROWS }
      await this.#pruner.run(
        allButLast,
        () => this.#stopping,
        (gone) => {
          count += gone.count
        },
      )
      if (this.#stopping) throw new LedGrabError('LG_THREAD_STOPPED', 'the server is stopping')
      count += await repository.clear()
      isDone = true
    } finally {
      if (isDone || count > 0) this.#recordCleared(count, isDone)
    }
    await withDeadline(recorder.flush(), COMMIT_TIMEOUT_MS, 'writing the entry about clearing the log')
    return { ...NOTHING_PRUNED, count }
  }

  #recordCleared(removed: number, isDone: boolean): void {
    const entries = `${removed} ${removed === 1 ? 'entry' : 'entries'}`
    this.#options.recorder.record('system', 'activity_log_cleared', {
      message: isDone
        ? `The activity log was cleared of its ${entries}.`
        : `Clearing the activity log was broken off after ${entries}.`,
      metadata: { removed, completed: isDone },
    })
  }

  async #reclaim(): Promise<void> {
    while (!this.#stopping && (await this.#options.repository.reclaim(VACUUM_PAGES)) > 0) await nextLoop()
  }

  /** A clock that jumped ahead would age the whole log at once. */
  #watchClock(wallMs: number): void {
    const monotonicMs = this.#monotonicMs()
    const last = this.#lastClocks
    this.#lastClocks = { wallMs, monotonicMs }
    if (last === undefined) return
    const jumpMs = Math.round(wallMs - last.wallMs - (monotonicMs - last.monotonicMs))
    if (Math.abs(jumpMs) <= CLOCK_JUMP_MS) return
    this.#ageRuleRestsUntilMs = monotonicMs + DAY_MS
    const seconds = Math.round(Math.abs(jumpMs) / 1_000)
    this.#options.recorder.record('system', 'clock_jumped', {
      message: `The clock jumped ${jumpMs > 0 ? 'ahead' : 'back'} by ${seconds} seconds; no entry is removed for its age for a day.`,
      metadata: { jump_seconds: Math.sign(jumpMs) * seconds },
    })
  }
}
