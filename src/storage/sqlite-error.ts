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

const REASONS = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'its file or folder is read-only',
  SQLITE_BUSY: 'another program has its file locked',
  SQLITE_LOCKED: 'another program has its file locked',
  SQLITE_CORRUPT: 'its file is damaged',
  SQLITE_NOTADB: 'its file is damaged',
  SQLITE_CANTOPEN: 'its file cannot be opened',
  SQLITE_IOERR: 'the disk reports an error',
} as const

/** Why a statement failed, as the end of a sentence that begins with "because". */
export function toFailureReason(thrown: unknown): string {
  const code = sqliteCode(thrown) ?? ''
  const known = Object.entries(REASONS).find(([family]) => code.startsWith(family))
  return known?.[1] ?? `of an unexpected error (${code || toErrorMessage(thrown)})`
}

/** Whether the file itself is damaged, so that trying again cannot help. */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof LedGrabError) return thrown.code === 'LG_STORAGE_CORRUPT'
  const code = sqliteCode(thrown) ?? ''
  return CORRUPT.some((family) => code.startsWith(family))
}
