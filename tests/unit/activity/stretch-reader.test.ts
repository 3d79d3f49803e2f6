import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toReadableJson } from '../../../src/activity/entry.ts'
import { StretchReader } from '../../../src/activity/stretch-reader.ts'
import { activityMigrations } from '../../../src/storage/activity-migrations.ts'
import { migrate } from '../../../src/storage/migrate.ts'
import { openActivityDatabase, openActivityReader } from '../../../src/storage/open.ts'
import { hostileText } from '../../support/hostile-text.ts'
import { tempDir } from '../../support/temp-dir.ts'

const stretch = suite('stretch reader')

const SALT = 4_711

async function emptyLog(): Promise<string> {
  const file = join(tempDir(), 'activity.db')
  const { db, raw } = openActivityDatabase(file)
  await migrate(db, file, activityMigrations)
  raw.close()
  return file
}

stretch('writes the JSON of every row as the API would, whatever somebody made of the row', async () => {
  const file = await emptyLog()
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.constant(null),
    fc.uint8Array(),
  )
  const text = fc.oneof({ weight: 3, arbitrary: hostileText() }, fc.string({ unit: 'binary' }), anything)
  const metadata = fc.oneof(
    { weight: 3, arbitrary: fc.object().map((value) => JSON.stringify(value)) },
    fc.constantFrom(
      '{}',
      '{"a":1}',
      '{\n"a": 1}',
      '[]',
      'null',
      '{"a":',
      '',
      '{"__proto__":1}',
      '{"b":"\\n"}',
      "{'a':1}",
      '{"a":1,}',
      ' {}',
    ),
    anything,
  )
  const row = fc.record({
    ts: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 4e12 }) },
      fc.double({ noNaN: true }),
      fc.constant('soon'),
    ),
    category: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('system', 'auth') }, anything),
    action: fc.oneof({ weight: 3, arbitrary: fc.constant('server_started') }, anything),
    severity: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('info', 'error') }, anything),
    actor: fc.oneof({ weight: 3, arbitrary: fc.constant('system') }, anything),
    message: text,
    entity_type: fc.oneof(fc.constant(null), text),
    entity_id: fc.oneof(fc.constant(null), text),
    entity_name: fc.oneof(fc.constant(null), text),
    metadata,
  })
  const raw = new Database(file)
  raw.pragma('ignore_check_constraints = ON')
  const columns = [
    'ts',
    'category',
    'action',
    'severity',
    'actor',
    'message',
    'entity_type',
    'entity_id',
    'entity_name',
    'metadata',
  ]
  const insert = raw.prepare(
    `insert or ignore into activity_log (seq, ${columns.join()}, hash) values (@seq, ${columns.map((column) => `@${column}`).join()}, x'00')`,
  )
  const rows = fc.sample(row, 2_000)
  raw.transaction(() => {
    for (const [index, one] of rows.entries()) insert.run({ seq: index + 1, ...one })
  })()
  const reader = openActivityReader(file)
  const stretches = new StretchReader(reader.db)
  const range = { afterSeq: 0, throughSeq: rows.length }
  const { lines } = await stretches.readLines({}, range, rows.length, SALT)
  const { rows: stored } = await stretches.readRows({}, range, rows.length)
  assert.ok(stored.length > 1_000, `${stored.length} rows were taken`)
  assert.is(lines.length, stored.length)
  for (const [index, one] of stored.entries()) {
    assert.is(lines[index], toReadableJson(one, SALT), JSON.stringify(one))
  }
  reader.raw.close()
  raw.close()
})

stretch.run()
