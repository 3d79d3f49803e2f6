import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { sqliteCode, toStorageError } from './sqlite-error.ts'

/** Where the files of one installation lie. */
export interface DataDirFiles {
  readonly activity: string
  readonly ledgrab: string
  readonly lock: string
}

export function dataDirFiles(dataDir: string): DataDirFiles {
  return {
    activity: join(dataDir, 'activity.db'),
    ledgrab: join(dataDir, 'ledgrab.db'),
    lock: join(dataDir, 'ledgrab.lock'),
  }
}

/** A data directory that this process holds alone. */
export interface DataDirLock {
  release(): void
}

/**
 * Makes the data directory if it is missing (readable by its owner only: it holds key hashes and
 * who did what) and takes its lock.
 *
 * The lock is an open exclusive transaction: the kernel frees it with the process, however that ends.
 *
 * @throws `LG_STORAGE_LOCKED` when another server has it, `LG_STORAGE_UNWRITABLE`
 */
export function lockDataDir(dataDir: string): DataDirLock {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
  } catch (cause) {
    throw new LedGrabError(
      'LG_STORAGE_UNWRITABLE',
      `the data directory ${dataDir} cannot be written (${toErrorMessage(cause)}); choose another with --data-dir`,
      { cause },
    )
  }
  const file = dataDirFiles(dataDir).lock
  let raw: Database.Database | undefined
  try {
    raw = new Database(file, { timeout: 0 })
    raw.exec('BEGIN EXCLUSIVE')
    const held = raw
    return { release: () => held.close() }
  } catch (cause) {
    raw?.close()
    if (sqliteCode(cause)?.startsWith('SQLITE_BUSY')) {
      throw new LedGrabError(
        'LG_STORAGE_LOCKED',
        `another LedGrab server uses the data directory ${dataDir}; stop it, or choose another with --data-dir`,
        { cause },
      )
    }
    throw toStorageError(cause, file)
  }
}
