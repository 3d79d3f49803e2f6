import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Kysely, type Migration, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ActivityDatabase } from './row-types.ts'

/** The schema of `activity.db`, oldest first. Migrations are only ever added. */
export const activityMigrations: Readonly<Record<string, Migration>> = {
  '0001_activity_log': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('activity_log')
        .ifNotExists()
        .addColumn('seq', 'integer', (column) => column.primaryKey())
        .addColumn('ts', 'integer', (column) => column.notNull())
        .addColumn('category', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('severity', 'text', (column) => column.notNull())
        .addColumn('actor', 'text', (column) => column.notNull())
        .addColumn('message', 'text', (column) => column.notNull())
        .addColumn('entity_type', 'text')
        .addColumn('entity_id', 'text')
        .addColumn('entity_name', 'text')
        .addColumn('metadata', 'text', (column) => column.notNull())
        .addColumn('hash', 'blob', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('log_meta')
        .ifNotExists()
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('log_id', 'text', (column) => column.notNull())
        .addColumn('salt', 'integer', (column) => column.notNull())
        .addColumn('anchor_seq', 'integer', (column) => column.notNull())
        .addColumn('anchor_hash', 'blob', (column) => column.notNull())
        .addCheckConstraint('one_row', sql`id = 1`)
        .execute()
      await db.schema
        .createTable('runs')
        .ifNotExists()
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('started_ts', 'integer', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('pid', 'integer', (column) => column.notNull())
        .addColumn('ended_ts', 'integer')
        .addColumn('crash_noted', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      // "Everything about this device": the one filter that is rare among many rows. SQLite ends
      // every index in the rowid, which is `seq`.
      await db.schema
        .createIndex('activity_log_entity')
        .ifNotExists()
        .on('activity_log')
        .columns(['entity_type', 'entity_id'])
        .where(sql.ref('entity_id'), 'is not', null)
        .execute()
      await insertMeta(db as Kysely<ActivityDatabase>)
    },
  },
  '0002_spills': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('spills')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('ingested_ts', 'integer', (column) => column.notNull())
        .execute()
    },
  },
  // Each serves a question people ask of a long log and would otherwise read all of it; what each costs is in
  // docs/adr/0009. SQLite ends every index in the rowid, which is `seq`.
  '0003_indexes': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropIndex('activity_log_entity').ifExists().execute()
      await createLogIndex(db, 'activity_log_entity', ['entity_id'], sql`entity_id is not null`)
      await createLogIndex(db, 'activity_log_notable', ['seq', 'severity'], sql`severity <> 'info'`)
      await createLogIndex(db, 'activity_log_person', ['actor'], sql`actor <> 'system'`)
      await createLogIndex(db, 'activity_log_auth', ['seq'], sql`category = 'auth'`)
    },
  },
}

async function createLogIndex(
  db: Kysely<unknown>,
  name: string,
  columns: readonly string[],
  condition: RawBuilder<unknown>,
): Promise<void> {
  await db.schema
    .createIndex(name)
    .ifNotExists()
    .on('activity_log')
    .columns([...columns])
    .where(condition as RawBuilder<SqlBool>)
    .execute()
}

async function insertMeta(db: Kysely<ActivityDatabase>): Promise<void> {
  const log_id = randomUUID()
  await db
    .insertInto('log_meta')
    .values({
      id: 1,
      log_id,
      salt: randomBytes(4).readUInt32BE(),
      anchor_seq: 0,
      anchor_hash: createHash('sha256').update(log_id).digest(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
