import { setImmediate as nextLoop } from 'node:timers/promises'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { definedOf, listChanges } from '../lib/changes.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import type { JsonObject } from '../protocol/activity.ts'
import { type RetentionPatch, RetentionSettings } from '../protocol/retention.ts'
import type { SettingsStore } from '../storage/settings-store.ts'
import { runAsSystem } from './actor.ts'
import type { ActivityRecorder } from './recorder.ts'
import type { ActivityLogRepository, PruneRule } from './repository.ts'

const SETTINGS_KEY = 'activity_log'
const DAY_MS = 86_400_000
/** Beyond this, wall clock and monotonic clock have parted: somebody or NTP set the time. */
const CLOCK_JUMP_MS = 5 * 60_000
/** Free pages given back in one step: 0.7 ms (measured). */
const VACUUM_PAGES = 32
const MIN_CHUNK_ROWS = 16
const MAX_CHUNK_ROWS = 4_096
/** How long switching off waits for its own entry to be committed. */
const DISABLE_TIMEOUT_MS = 5_000

export interface RetentionOptions {
  readonly repository: Pick<ActivityLogRepository, 'pruneChunk' | 'reclaim'>
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

/**
 * The stored settings, or the defaults.
 *
 * @throws `LG_ACTIVITY_SETTING_INVALID` when somebody edited them into something else: guessing
 *   could throw away a log.
 */
export async function loadRetentionSettings(store: SettingsStore): Promise<RetentionSettings> {
  const parsed = RetentionSettings.safeParse((await readStored(store)) ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw toInvalidError(`${SETTINGS_KEY}${field && `.${field}`}`, issue?.message ?? 'not readable')
}

async function readStored(store: SettingsStore): Promise<unknown> {
  try {
    return await store.getSetting(SETTINGS_KEY)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw toInvalidError(SETTINGS_KEY, 'not JSON')
    throw cause
  }
}

function toInvalidError(setting: string, problem: string): LedGrabError {
  return new LedGrabError(
    'LG_ACTIVITY_SETTING_INVALID',
    `the stored setting ${setting} is invalid (${problem}); delete or correct it in ledgrab.db`,
  )
}

/** Keeps the log within its age and size, in chunks small enough that writing is never held up. */
export class ActivityLogRetentionEngine implements Part {
  readonly #options: RetentionOptions
  readonly #nowMs: () => number
  readonly #monotonicMs: () => number
  #settings: RetentionSettings
  #timer: NodeJS.Timeout | undefined
  #stopping = false
  #run: Promise<number> | undefined
  #update: Promise<unknown> = Promise.resolve()
  #chunkRows = 256
  #lastClocks: { readonly wallMs: number; readonly monotonicMs: number } | undefined
  #ageRuleRestsUntilMs = Number.NEGATIVE_INFINITY

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#nowMs = options.nowMs ?? Date.now
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now())
  }

  async start(): Promise<void> {
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
    this.#run ??= this.#pruneAll().finally(() => {
      this.#run = undefined
    })
    return await this.#run
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
      await store.setSetting(SETTINGS_KEY, after)
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
    await withDeadline(recorder.flush(), DISABLE_TIMEOUT_MS, 'writing the entry about switching off the log')
  }

  #recordEnabled(suppressed: JsonObject): void {
    const count = Object.values(suppressed).reduce<number>((sum, value) => sum + Number(value), 0)
    this.#options.recorder.record('system', 'activity_log_enabled', {
      message: `The activity log was switched on; ${count} ${count === 1 ? 'entry was' : 'entries were'} not recorded while it was off.`,
      metadata: { suppressed_count: count, suppressed },
    })
  }

  async #pruneAll(): Promise<number> {
    const rule = this.#rule()
    const { repository, recorder } = this.#options
    let removed = 0
    while (!this.#stopping) {
      const chunkRows = this.#chunkRows
      const startedMs = performance.now()
      const count = await repository.pruneChunk(rule, chunkRows)
      this.#adaptChunk(performance.now() - startedMs, count)
      removed += count
      if (count < chunkRows) break
      await nextLoop()
    }
    if (removed === 0) return 0
    // Room for the entry about this run; else a full log would lose an entry to it in every run.
    removed += await repository.pruneChunk({ beforeMs: null, maxEntries: rule.maxEntries - 1 }, 1)
    recorder.record('system', 'activity_log_pruned', {
      message: `${removed} old ${removed === 1 ? 'entry was' : 'entries were'} removed from the log.`,
      metadata: { removed, max_days: this.#settings.max_days, max_entries: this.#settings.max_entries },
    })
    while (!this.#stopping && (await repository.reclaim(VACUUM_PAGES)) > 0) await nextLoop()
    return removed
  }

  /** Aims at the budget and never more than doubles: one quick chunk proves little. */
  #adaptChunk(tookMs: number, count: number): void {
    if (count === 0) return
    const budgetMs = this.#options.chunkBudgetMs ?? 2
    const fitting = Math.floor((count * budgetMs) / Math.max(tookMs, 0.05))
    this.#chunkRows = Math.max(MIN_CHUNK_ROWS, Math.min(fitting, this.#chunkRows * 2, MAX_CHUNK_ROWS))
  }

  #rule(): PruneRule {
    const nowMs = this.#nowMs()
    this.#watchClock(nowMs)
    const ageRests = this.#monotonicMs() < this.#ageRuleRestsUntilMs
    return {
      beforeMs: ageRests ? null : nowMs - this.#settings.max_days * DAY_MS,
      maxEntries: this.#settings.max_entries,
    }
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
