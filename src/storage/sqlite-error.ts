import Database from 'better-sqlite3'
import { LedGrabError, toErrorMessage } from '../errors.ts'

const UNWRITABLE = ['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_FULL', 'SQLITE_IOERR']
const CORRUPT = ['SQLITE_CORRUPT', 'SQLITE_NOTADB']

/** SQLite's error code, extended codes included (`SQLITE_IOERR_FSYNC`); undefined for any other error. */
export function sqliteCode(thrown: unknown): string | undefined {
  return thrown instanceof Database.SqliteError ? thrown.code : undefined
}

/** What opening `file` failed with, as an error that says what to do. */
export function toStorageError(thrown: unknown, file: string): LedGrabError {
  if (thrown instanceof LedGrabError) return thrown
  const code = sqliteCode(thrown) ?? ''
  const is = (family: readonly string[]): boolean => family.some((name) => code.startsWith(name))
  if (is(CORRUPT)) {
    return new LedGrabError(
      'LG_STORAGE_CORRUPT',
      `${file} is not a usable database; move it away or restore a backup`,
      {
        cause: thrown,
      },
    )
  }
  const reason = is(UNWRITABLE) ? 'cannot be written' : 'cannot be opened'
  return new LedGrabError(
    'LG_STORAGE_UNWRITABLE',
    `${file} ${reason} (${toErrorMessage(thrown)}); check its permissions and the free space, or choose another folder with --data-dir`,
    { cause: thrown },
  )
}
