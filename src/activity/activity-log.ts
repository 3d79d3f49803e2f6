import { dirname } from 'node:path'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { isDamage, sqliteCode, toStorageError } from '../storage/sqlite-error.ts'
import { isDamagedFile, LogFile, putAside } from './log-file.ts'
import type { LogState } from './log-state.ts'
import { ActivityRecorder, type RecorderOptions } from './recorder.ts'
import { ActivityLogRepository } from './repository.ts'
import { writeSpill } from './spill.ts'
import { ingestSpills, type SpillReport } from './spill-ingest.ts'

/** A file that is damaged again so soon points at the disk: another new one would not help. */
const REPLACE_INTERVAL_MS = 10 * 60_000

export interface ActivityLogOptions
  extends Pick<RecorderOptions, 'enabled' | 'publish' | 'warn' | 'onCommitTimed' | 'nowMs' | 'retry'> {
  /** Whether a damaged file is put aside for a new one; else opening it fails. */
  readonly replaceDamaged: boolean
  /** Before a file is put aside while in use: closes all other connections to it. */
  readonly onReplacing?: () => Promise<void>
  /** The log goes on in a new file, from this state. */
  readonly onReplaced?: (state: LogState) => Promise<void>
}

interface OpenedLog {
  readonly file: LogFile
  readonly spilled: SpillReport
}

/** The activity log on the main thread: its file, the statements on it, and its one writer. */
export class ActivityLog {
  readonly file: LogFile
  readonly repository: ActivityLogRepository
  readonly recorder: ActivityRecorder
  readonly #options: ActivityLogOptions
  readonly #nowMs: () => number
  /** Why the file has to be replaced before anything is stored. */
  #damage: unknown
  #replacing: Promise<LogState> | undefined
  #replacedMs: number | undefined

  private constructor(path: string, file: LogFile, options: ActivityLogOptions) {
    this.file = file
    this.#options = options
    this.#nowMs = options.nowMs ?? Date.now
    this.repository = new ActivityLogRepository(file)
    const { replaceDamaged: _r, onReplacing: _g, onReplaced: _d, ...rest } = options
    this.recorder = new ActivityRecorder({
      ...rest,
      store: (rows) => this.#store(rows),
      storeSync: (rows) => file.storeSync(rows),
      spill: (rows) => writeSpill(dirname(path), rows),
      state: file.state,
    })
  }

  /**
   * Opens the log for its one writer, brings it to the newest schema and takes in what an earlier run
   * could not commit. The caller holds the lock of the data directory.
   *
   * @throws `LG_STORAGE_…`
   */
  static async open(path: string, options: ActivityLogOptions): Promise<ActivityLog> {
    try {
      return ActivityLog.#of(path, await openWithSpills(path, options.warn), options)
    } catch (cause) {
      if (!options.replaceDamaged || !isDamagedFile(cause)) throw cause
      const aside = putAside(path, (options.nowMs ?? Date.now)())
      const log = ActivityLog.#of(path, await openWithSpills(path, options.warn), options)
      log.#recordReplaced(aside, cause)
      return log
    }
  }

  static #of(path: string, { file, spilled }: OpenedLog, options: ActivityLogOptions): ActivityLog {
    const log = new ActivityLog(path, file, options)
    log.#recordSpilled(spilled)
    return log
  }

  /** Which log this is, and where it stood when its file was opened. */
  get state(): LogState {
    return this.file.state
  }

  /** Does `work` on the file; where that shows that it is damaged, replaces it and does `work` again. */
  async mending<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (!this.#isMendable(cause)) throw cause
      this.recorder.goOnFrom(await this.#replace(cause))
      return await work()
    }
  }

  async #store(rows: readonly ActivityRow[]): Promise<LogState | undefined> {
    if (this.#damage === undefined) {
      try {
        await this.repository.record(rows)
        return undefined
      } catch (cause) {
        if (!this.#isMendable(cause)) throw cause
        this.#damage = cause
      }
    }
    return await this.#replace(this.#damage)
  }

  #isMendable(cause: unknown): boolean {
    return this.#options.replaceDamaged && isDamage(cause)
  }

  /** @returns where the new log stands; who finds the damage meanwhile gets the same one. */
  async #replace(damage: unknown): Promise<LogState> {
    this.#damage = damage
    this.#replacing ??= this.#replaceFile(damage).finally(() => {
      this.#replacing = undefined
    })
    return await this.#replacing
  }

  async #replaceFile(damage: unknown): Promise<LogState> {
    const nowMs = performance.now()
    if (this.#replacedMs !== undefined && nowMs - this.#replacedMs < REPLACE_INTERVAL_MS) throw damage
    await this.#options.onReplacing?.()
    const aside = await this.file.replace(this.#nowMs())
    this.repository.forgetAnchor()
    this.#damage = undefined
    this.#replacedMs = nowMs
    this.#recordReplaced(aside, damage)
    await this.#options.onReplaced?.(this.state)
    return this.state
  }

  #recordReplaced(aside: string, cause: unknown): void {
    const error = cause instanceof LedGrabError ? cause.cause : cause
    this.#options.warn('the file of the activity log is damaged and was put aside', {
      file: aside,
      error: toErrorMessage(error),
    })
    this.recorder.record('system', 'activity_log_replaced', {
      message: `The file of the activity log was damaged and is kept as ${aside}; a new log begins here.`,
      metadata: { file: aside, error: sqliteCode(error) ?? toErrorMessage(error) },
    })
  }

  #recordSpilled({ brought, unreadable }: SpillReport): void {
    if (brought + unreadable === 0) return
    const count = `${brought} ${brought === 1 ? 'entry' : 'entries'}`
    const torn = unreadable === 0 ? '' : ` ${unreadable} more could not be read.`
    this.recorder.record('system', 'activity_records_recovered', {
      message: `${count} that an earlier run could not commit ${brought === 1 ? 'was' : 'were'} brought into the log.${torn}`,
      metadata: { recovered: brought, unreadable },
    })
  }
}

async function openWithSpills(path: string, warn: ActivityLogOptions['warn']): Promise<OpenedLog> {
  const file = await LogFile.open(path)
  try {
    const spilled = await ingestSpills(file.db, path, warn)
    if (spilled.brought > 0) await file.reread()
    return { file, spilled }
  } catch (cause) {
    file.raw.close()
    throw toStorageError(cause, path)
  }
}
