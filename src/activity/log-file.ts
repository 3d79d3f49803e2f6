import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import type Database from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { LedGrabError } from '../errors.ts'
import { activityMigrations } from '../storage/activity-migrations.ts'
import { migrate } from '../storage/migrate.ts'
import { type OpenDatabase, openActivityDatabase } from '../storage/open.ts'
import type { ActivityDatabase, ActivityRow } from '../storage/row-types.ts'
import { toStorageError } from '../storage/sqlite-error.ts'
import { LastWrite } from './last-write.ts'
import { type LogState, readLogState } from './log-state.ts'

interface Opened {
  readonly database: OpenDatabase<ActivityDatabase>
  readonly lastWrite: LastWrite
  readonly state: LogState
}

/** The open `activity.db` of the one writer. A damaged one can be put aside and replaced while it is in use. */
export class LogFile {
  readonly #file: string
  #opened: Opened

  private constructor(file: string, opened: Opened) {
    this.#file = file
    this.#opened = opened
  }

  /**
   * Opens the file and brings it to the newest schema. The caller holds the lock of the data directory.
   *
   * @throws `LG_STORAGE_…`
   */
  static async open(file: string): Promise<LogFile> {
    return new LogFile(file, await openFile(file))
  }

  get db(): Kysely<ActivityDatabase> {
    return this.#opened.database.db
  }

  get raw(): Database.Database {
    return this.#opened.database.raw
  }

  /** Which log this is, and where it stood when it was opened. */
  get state(): LogState {
    return this.#opened.state
  }

  /** Looks again where the log stands. */
  async reread(): Promise<void> {
    const state = await this.db.transaction().execute((trx) => readLogState(trx))
    this.#opened = { ...this.#opened, state }
  }

  storeSync(rows: readonly ActivityRow[]): void {
    this.#opened.lastWrite.write(rows)
  }

  /**
   * Puts the file aside and goes on in a new one. No other connection may be open: the last one to close
   * removes the write-ahead log by its name, whoever's that is by then.
   *
   * @returns the name the old file has now
   * @throws `LG_STORAGE_…`; nothing can be stored then until a later call succeeds
   */
  async replace(nowMs: number): Promise<string> {
    this.#opened.database.raw.close()
    const aside = existsSync(this.#file) ? putAside(this.#file, nowMs) : 'nothing'
    this.#opened = await openFile(this.#file)
    return aside
  }
}

/**
 * Gives a damaged database another name: `activity.db.damaged-20261123T043449Z`, its write-ahead log beside
 * it, so that what can be read of it is read later. Nothing is deleted.
 *
 * @returns the new name, without its folder
 */
export function putAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  const free = (name: string): boolean => !existsSync(name)
  const base = `${file}.damaged-${stamp}`
  let name = base
  for (let n = 2; !free(name); n += 1) name = `${base}-${n}`
  try {
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${name}-wal`)
    renameSync(file, name)
    // An index of the write-ahead log, made anew whenever it is missing.
    rmSync(`${file}-shm`, { force: true })
  } catch (cause) {
    throw toStorageError(cause, file)
  }
  return basename(name)
}

/** Whether opening failed because the file is damaged. */
export function isDamagedFile(thrown: unknown): boolean {
  return thrown instanceof LedGrabError && thrown.code === 'LG_STORAGE_CORRUPT'
}

async function openFile(file: string): Promise<Opened> {
  const database = openActivityDatabase(file)
  try {
    await migrate(database.db, file, activityMigrations)
    const state = await database.db.transaction().execute((trx) => readLogState(trx))
    return { database, lastWrite: new LastWrite(database.raw), state }
  } catch (cause) {
    database.raw.close()
    throw toStorageError(cause, file)
  }
}
