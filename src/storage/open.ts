import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import { LedGrabError } from '../errors.ts'
import type { ActivityDatabase, LedgrabDatabase } from './row-types.ts'
import { toStorageError } from './sqlite-error.ts'
import { keepPrepared } from './statement-cache.ts'

/** Below it, two connections on one WAL file can corrupt it (sqlite.org/wal.html#walresetbug). */
const MIN_SQLITE_VERSION = '3.51.3'

/** 64 MiB: beyond it the writer checkpoints by itself, which holds it up. */
const MAX_WAL_PAGES = 16_384

/** Name of the SQL function that lowers text by Unicode's rules; SQLite's own `lower` knows ASCII only. */
export const FOLD_CASE = 'fold_case'

/** A database as the two libraries see it: Kysely for all statements, the raw handle for pragmas and `flushSync`. */
export interface OpenDatabase<Schema> {
  readonly file: string
  readonly raw: Database.Database
  readonly db: Kysely<Schema>
}

/**
 * Opens `activity.db` for its one writer.
 *
 * A write on the main thread must not wait long for a lock, so `busyTimeoutMs` is short: the
 * recorder retries by itself.
 *
 * @throws `LG_STORAGE_UNWRITABLE`, `LG_STORAGE_CORRUPT`, `LG_STORAGE_SQLITE_TOO_OLD`
 */
export function openActivityDatabase(file: string, busyTimeoutMs = 100): OpenDatabase<ActivityDatabase> {
  const prepare = (raw: Database.Database): void => {
    raw.pragma(`busy_timeout = ${busyTimeoutMs}`)
    // Before WAL: afterwards it stays 0 (measured).
    raw.pragma('auto_vacuum = INCREMENTAL')
    setDurable(raw)
    // The server moves the write-ahead log away in a thread of its own; this is for when it does not.
    raw.pragma(`wal_autocheckpoint = ${MAX_WAL_PAGES}`)
  }
  return open(file, prepare, {}, (raw) => keepPrepared(raw, 'insert into "activity_log"'))
}

/** How much of a write-ahead log was in the file before, and is now. In pages. */
export interface CheckpointResult {
  readonly logPages: number
  readonly movedPages: number
}

/**
 * Moves what is committed from the write-ahead log into the file, without waiting for anybody
 * (sqlite.org/c3ref/wal_checkpoint_v2.html, PASSIVE).
 */
export function checkpoint(raw: Database.Database): CheckpointResult {
  const [result] = raw.pragma('wal_checkpoint(PASSIVE)') as [{ log: number; checkpointed: number }]
  return { logPages: Math.max(0, result.log), movedPages: Math.max(0, result.checkpointed) }
}

/** As `checkpoint`, beside the writer, on a connection of its own that is closed again. */
export function checkpointBeside(file: string): CheckpointResult {
  const { raw } = open(file, (opened) => opened.pragma('wal_autocheckpoint = 0'), { fileMustExist: true })
  try {
    // As the writer does: else the last checkpoint would not wait for the disk.
    raw.pragma('synchronous = FULL')
    return checkpoint(raw)
  } finally {
    raw.close()
  }
}

/** Opens `activity.db`, which must exist, to read beside its writer. Statements that write fail. */
export function openActivityReader(file: string): OpenDatabase<ActivityDatabase> {
  return openReader(file)
}

/** Opens `ledgrab.db`, which must exist, to read. Statements that write fail. */
export function openLedgrabReader(file: string): OpenDatabase<LedgrabDatabase> {
  return openReader(file)
}

/**
 * Leaves the files as they are, whether a server runs on them, was stopped or was killed. A write-ahead
 * log may hold what a killed server wrote last: a connection that may write would bring it into the file
 * when it closes. Where there is none, or an empty one of another reader, one that may not write would
 * leave an empty one behind (both measured).
 */
function openReader<Schema>(file: string): OpenDatabase<Schema> {
  const prepare = (raw: Database.Database): void => {
    raw.pragma('busy_timeout = 2000')
    raw.pragma('trusted_schema = OFF')
    raw.pragma('query_only = ON')
    // Kilobytes. A page of the log is read once; the library would keep 16 MB of them.
    raw.pragma('cache_size = -4000')
  }
  return open(file, prepare, { fileMustExist: true, readonly: sizeOf(`${file}-wal`) > 0 })
}

/** 0 when there is no such file. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Opens `ledgrab.db`: settings, devices, sources, targets, keys. */
export function openLedgrabDatabase(file: string): OpenDatabase<LedgrabDatabase> {
  return open(file, (raw) => {
    raw.pragma('busy_timeout = 2000')
    setDurable(raw)
    raw.pragma('foreign_keys = ON')
  })
}

function setDurable(raw: Database.Database): void {
  raw.pragma('journal_mode = WAL')
  // better-sqlite3 compiles with NORMAL for WAL, which loses the last commits on a power cut.
  raw.pragma('synchronous = FULL')
  raw.pragma('trusted_schema = OFF')
}

function open<Schema>(
  file: string,
  prepare: (raw: Database.Database) => void,
  options: Database.Options = {},
  forKysely: (raw: Database.Database) => SqliteDatabase = (raw) => raw,
): OpenDatabase<Schema> {
  let raw: Database.Database | undefined
  try {
    raw = new Database(file, options)
    assertSqliteVersion(raw)
    raw.function(FOLD_CASE, { deterministic: true }, (text: unknown) =>
      typeof text === 'string' ? text.toLowerCase() : text,
    )
    prepare(raw)
    return { file, raw, db: new Kysely<Schema>({ dialect: new SqliteDialect({ database: forKysely(raw) }) }) }
  } catch (cause) {
    raw?.close()
    throw toStorageError(cause, file)
  }
}

function assertSqliteVersion(raw: Database.Database): void {
  const version = raw.prepare('select sqlite_version()').pluck().get() as string
  if (!isAtLeast(version, MIN_SQLITE_VERSION)) {
    throw new LedGrabError(
      'LG_STORAGE_SQLITE_TOO_OLD',
      `better-sqlite3 brings SQLite ${version}, LedGrab needs ${MIN_SQLITE_VERSION} or newer; reinstall the dependencies`,
    )
  }
}

/** Compares dotted version numbers part by part. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number)
  const need = minimum.split('.').map(Number)
  for (const [index, part] of need.entries()) {
    const difference = (have[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}
