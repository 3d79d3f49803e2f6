import type Database from 'better-sqlite3'
import type { SqliteDatabase } from 'kysely'

/** Statements of other sizes are prepared again; each of these keeps some 50 KiB. */
const KEPT = 48

/**
 * A database that keeps prepared those statements that begin with `prefix`: SQLite takes longer to parse
 * an insert of a hundred rows than some disks take to sync it. Only for statements that return no rows: those
 * are never half-read when they are used again.
 */
export function keepPrepared(raw: Database.Database, prefix: string): SqliteDatabase {
  const kept = new Map<string, Database.Statement>()
  const prepare = (sql: string): Database.Statement => {
    if (!sql.startsWith(prefix)) return raw.prepare(sql)
    const statement = kept.get(sql) ?? raw.prepare(sql)
    // Moved to the end: the first is the one that was not used for longest.
    kept.delete(sql)
    kept.set(sql, statement)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
    return statement
  }
  return { prepare: prepare as SqliteDatabase['prepare'], close: () => raw.close() }
}
