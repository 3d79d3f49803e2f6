import type Database from 'better-sqlite3'
import type { ActivityRow } from '../storage/row-types.ts'

// `do nothing`: the group in flight may have been committed in the moment before.
const INSERT_SQL = `insert into activity_log
  (seq, ts, category, action, severity, actor, message, entity_type, entity_id, entity_name, metadata, hash)
  values (@seq, @ts, @category, @action, @severity, @actor, @message, @entity_type, @entity_id, @entity_name, @metadata, @hash)
  on conflict do nothing`

/** Writes rows without the event loop, on the raw handle: for a process that is about to end. */
export class LastWrite {
  readonly #raw: Database.Database
  // Prepared now: the last moment of a process is a bad one to compile statements in.
  readonly #insert: Database.Statement

  constructor(raw: Database.Database) {
    this.#raw = raw
    this.#insert = raw.prepare(INSERT_SQL)
  }

  /** Commits all rows or throws. */
  write(rows: readonly ActivityRow[]): void {
    // Somebody's half-done transaction: a prune, which the next start does again.
    if (this.#raw.inTransaction) this.#raw.exec('ROLLBACK')
    this.#raw.transaction(() => {
      for (const row of rows) this.#insert.run(row)
    })()
  }
}
