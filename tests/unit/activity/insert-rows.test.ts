import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RowInserter } from '../../../src/activity/insert-rows.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { openLog } from '../../support/activity.ts'

const insertRows = suite('row inserter')

function toRows(fromSeq: number, count: number): readonly ActivityRow[] {
  return Array.from({ length: count }, (_, i) => ({
    seq: fromSeq + i,
    ts: 1_000 + i,
    category: 'device',
    action: 'device_discovered',
    severity: 'info',
    actor: 'alice',
    message: `entry ${fromSeq + i}`,
    entity_type: i % 2 === 0 ? 'device' : null,
    entity_id: i % 2 === 0 ? `dev_${i}` : null,
    entity_name: i % 2 === 0 ? `Desk ${i}` : null,
    metadata: '{"a":1}',
    hash: Buffer.alloc(32, i),
  }))
}

insertRows('stores every column of every row, in groups of any size', async () => {
  const { db } = await openLog()
  const inserter = new RowInserter()
  const expected: ActivityRow[] = []
  // More sizes than are remembered, and some again.
  for (const count of [...Array.from({ length: 60 }, (_, i) => i + 1), 1, 7, 2_048, 7]) {
    const rows = toRows(expected.length + 1, count)
    await inserter.insert(db, rows)
    expected.push(...rows)
  }
  assert.equal(await db.selectFrom('activity_log').selectAll().orderBy('seq').execute(), expected)
})

insertRows('stores all rows of a group or none', async () => {
  const { db } = await openLog()
  const inserter = new RowInserter()
  await inserter.insert(db, toRows(5, 1))
  const error = await inserter.insert(db, toRows(1, 10)).catch((cause: unknown) => cause)
  assert.match(String(error), 'UNIQUE')
  assert.is((await db.selectFrom('activity_log').select('seq').execute()).length, 1)
})

insertRows.run()
