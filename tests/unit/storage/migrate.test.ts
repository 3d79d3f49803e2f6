import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, type Migration, sql } from 'kysely'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ActivityLog } from '../../../src/activity/activity-log.ts'
import { LedGrabError } from '../../../src/errors.ts'
import { activityMigrations } from '../../../src/storage/activity-migrations.ts'
import { ledgrabMigrations } from '../../../src/storage/ledgrab-migrations.ts'
import { migrate } from '../../../src/storage/migrate.ts'
import { openActivityDatabase, openLedgrabDatabase } from '../../../src/storage/open.ts'
import { tempDir } from '../../support/temp-dir.ts'

const migrations = suite('migrations')

type Migrations = Readonly<Record<string, Migration>>

const FIRST: Migrations = {
  '0001_first': {
    up: async (db: Kysely<unknown>) => {
      await db.schema.createTable('first').ifNotExists().addColumn('x', 'integer').execute()
    },
  },
}
const SECOND: Migrations = {
  ...FIRST,
  '0002_second': {
    up: async (db: Kysely<unknown>) => {
      await db.schema.createTable('second').ifNotExists().addColumn('x', 'integer').execute()
      await sql`insert into second values (7)`.execute(db)
    },
  },
}
const FAILING: Migrations = {
  ...FIRST,
  '0002_second': {
    up: async (db: Kysely<unknown>) => {
      await db.schema.createTable('second').ifNotExists().addColumn('x', 'integer').execute()
      await sql`insert into first values (1)`.execute(db)
      throw new Error('half-way')
    },
  },
}

function setup() {
  const file = join(tempDir(), 'some.db')
  const { raw, db } = openActivityDatabase(file)
  const run = (which: Migrations): Promise<void> => migrate(db, file, which)
  const tables = (): unknown =>
    raw.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all()
  const done = (): unknown => raw.prepare('select name from data_migrations order by name').pluck().all()
  return { file, raw, db, run, tables, done }
}

async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work
  } catch (cause) {
    return cause as Error
  }
  throw new Error('it did not reject')
}

migrations('bring a new database to the newest schema, in order', async () => {
  const { run, tables, done } = setup()
  await run(SECOND)
  assert.equal(tables(), ['data_migrations', 'data_migrations_lock', 'first', 'second'])
  assert.equal(done(), ['0001_first', '0002_second'])
})

migrations('do nothing the second time', async () => {
  const { run, raw } = setup()
  await run(SECOND)
  await run(SECOND)
  assert.is(raw.prepare('select count(*) from second').pluck().get(), 1)
})

migrations('add only what is missing', async () => {
  const { run, raw, done } = setup()
  await run(FIRST)
  raw.exec('insert into first values (42)')
  await run(SECOND)
  assert.is(raw.prepare('select x from first').pluck().get(), 42)
  assert.equal(done(), ['0001_first', '0002_second'])
})

migrations('leave nothing behind when one fails, and can be run again', async () => {
  const { run, raw, tables, done } = setup()
  assert.is((await rejection(run(FAILING))).message, 'half-way')
  assert.equal(tables(), ['data_migrations', 'data_migrations_lock', 'first'])
  assert.equal(done(), ['0001_first'])
  assert.is(raw.prepare('select count(*) from first').pluck().get(), 0)
  assert.not(raw.inTransaction)
  await run(SECOND)
  assert.equal(done(), ['0001_first', '0002_second'])
})

migrations('of a newer LedGrab are refused, and nothing is changed', async () => {
  const { run, tables, file } = setup()
  await run({ ...FIRST, '0009_future': { up: async () => {} } })
  const error = await rejection(run(SECOND))
  assert.instance(error, LedGrabError)
  assert.is((error as LedGrabError).code, 'LG_STORAGE_NEWER')
  assert.match(error.message, file)
  assert.match(error.message, '0009_future')
  assert.equal(tables(), ['data_migrations', 'data_migrations_lock', 'first'])
})

migrations('of activity.db make the tables of the design and one row that names the log', async () => {
  const { run, raw, tables } = setup()
  await run(activityMigrations)
  assert.equal(tables(), [
    'activity_log',
    'data_migrations',
    'data_migrations_lock',
    'log_meta',
    'runs',
    'spills',
  ])
  const columns = raw.prepare("select name from pragma_table_info('activity_log')").pluck().all()
  assert.equal(columns, [
    ...['seq', 'ts', 'category', 'action', 'severity', 'actor', 'message'],
    ...['entity_type', 'entity_id', 'entity_name', 'metadata', 'hash'],
  ])
  const meta = raw.prepare('select * from log_meta').all()
  assert.is(meta.length, 1)
  assert.throws(() => raw.exec("insert into log_meta values (2, 'x', 1, 0, x'00')"), /CHECK/)
  assert.is(raw.prepare("select count(*) from sqlite_schema where type = 'trigger'").pluck().get(), 0)
  await run(activityMigrations)
  assert.equal(raw.prepare('select * from log_meta').all(), meta, 'a second run draws no new salt')
})

migrations('of activity.db can be repeated after a crash before they were noted as done', async () => {
  const { run, raw } = setup()
  await run(activityMigrations)
  const meta = raw.prepare('select * from log_meta').all()
  raw.exec('delete from data_migrations')
  await run(activityMigrations)
  assert.equal(raw.prepare('select * from log_meta').all(), meta)
})

migrations('of ledgrab.db can be repeated likewise, and tie targets to what they need', async () => {
  const file = join(tempDir(), 'ledgrab.db')
  const { raw, db } = openLedgrabDatabase(file)
  await migrate(db, file, ledgrabMigrations)
  raw.exec('delete from data_migrations')
  await migrate(db, file, ledgrabMigrations)
  const orphan = "insert into targets values ('tgt_1', 'Desk', 0, 'dev_1', 'src_1', '{}', '{}', 0)"
  assert.throws(() => raw.exec(orphan), /FOREIGN KEY/)
})

migrations('of a database whose pages are damaged say that it is corrupt', async () => {
  const { run, raw, file } = setup()
  await run(activityMigrations)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
  const handle = openSync(file, 'r+')
  // The header stays, so that it opens; everything after it in the first page goes.
  writeSync(handle, Buffer.alloc(3_900, 0xff), 0, 3_900, 100)
  closeSync(handle)
  const error = await rejection(
    ActivityLog.open(file, { enabled: true, replaceDamaged: false, publish: () => {}, warn: () => {} }),
  )
  assert.is((error as LedGrabError).code, 'LG_STORAGE_CORRUPT')
})

migrations.run()
