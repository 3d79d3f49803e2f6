import Database from 'better-sqlite3'

export function sqliteVersion(): string {
  const raw = new Database(':memory:')
  try {
    return raw.prepare('select sqlite_version()').pluck().get() as string
  } finally {
    raw.close()
  }
}
