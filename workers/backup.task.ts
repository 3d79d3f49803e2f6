import Database from 'better-sqlite3'

export interface BackupRequest {
  /** The database to copy. */
  readonly file: string
  /** Where to; must not exist. */
  readonly copy: string
}

/**
 * Copies a database as it is at this moment while its writer goes on writing (`VACUUM INTO`,
 * sqlite.org/lang_vacuum.html): one file, whole and compact.
 */
export function copyDatabase({ file, copy }: BackupRequest): void {
  const raw = new Database(file, { fileMustExist: true })
  try {
    raw.pragma('busy_timeout = 2000')
    raw.pragma('trusted_schema = OFF')
    // A reader must not hold the writer up to move its write-ahead log when it closes.
    raw.pragma('wal_autocheckpoint = 0')
    raw.prepare('vacuum into ?').run(copy)
  } finally {
    raw.close()
  }
}
