import type Database from 'better-sqlite3'
import { activityMigrations } from '../../src/storage/activity-migrations.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openActivityDatabase } from '../../src/storage/open.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'

const COLUMNS = [
  ...['seq', 'ts', 'category', 'action', 'severity', 'actor', 'message'],
  ...['entity_type', 'entity_id', 'entity_name', 'metadata', 'hash'],
]

/** A database with the log's schema, indexes and pragmas, without the log. */
export async function openBare(file: string): Promise<Database.Database> {
  const { db, raw } = openActivityDatabase(file)
  await migrate(db, file, activityMigrations)
  return raw
}

/** The physical floor: a prepared statement, one transaction per group, nothing else. */
export function insertBatches(raw: Database.Database, rows: readonly ActivityRow[], batchRows: number): void {
  const insert = prepareInsert(raw)
  const insertGroup = raw.transaction((from: number) => {
    const end = Math.min(rows.length, from + batchRows)
    for (let at = from; at < end; at += 1) insert.run(rows[at])
  })
  for (let from = 0; from < rows.length; from += batchRows) insertGroup(from)
}

/** The obvious way: every record a commit of its own. */
export function insertOneByOne(raw: Database.Database, rows: readonly ActivityRow[]): void {
  const insert = prepareInsert(raw)
  for (const row of rows) insert.run(row)
}

export function prepareInsert(raw: Database.Database): Database.Statement {
  const places = COLUMNS.map((column) => `@${column}`).join(', ')
  return raw.prepare(`insert into activity_log (${COLUMNS.join(', ')}) values (${places})`)
}
