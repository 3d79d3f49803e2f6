import { CompiledQuery, type Kysely } from 'kysely'
import type { ActivityDatabase, ActivityRow } from '../storage/row-types.ts'

const KEPT = 48

/** A row with nothing in it, to compile from. */
const BLANK: ActivityRow = {
  seq: 0,
  ts: 0,
  category: 'system',
  action: '',
  severity: 'info',
  actor: '',
  message: '',
  entity_type: null,
  entity_id: null,
  entity_name: null,
  metadata: '',
  hash: Buffer.alloc(0),
}
const COLUMNS = Object.keys(BLANK) as readonly (keyof ActivityRow)[]

/**
 * Inserts many rows with one statement. Kysely compiles it once for each number of rows: that takes 3 µs a row,
 * as long as the insert itself (measured).
 */
export class RowInserter {
  readonly #texts = new Map<number, string>()

  /** At most 2,700 rows: SQLite takes 32,766 parameters. */
  async insert(db: Kysely<ActivityDatabase>, rows: readonly ActivityRow[]): Promise<void> {
    const parameters: unknown[] = []
    for (const row of rows) for (const column of COLUMNS) parameters.push(row[column])
    await db.executeQuery(CompiledQuery.raw(this.#textFor(db, rows.length), parameters))
  }

  #textFor(db: Kysely<ActivityDatabase>, count: number): string {
    const known = this.#texts.get(count)
    if (known !== undefined) return known
    const { sql } = db
      .insertInto('activity_log')
      .values(Array.from({ length: count }, () => BLANK))
      .compile()
    if (this.#texts.size >= KEPT) this.#texts.clear()
    this.#texts.set(count, sql)
    return sql
  }
}
