import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Salvage } from '../../../src/activity/salvage.ts'
import { openActivityReader } from '../../../src/storage/open.ts'
import { damagePages } from '../../support/damage.ts'
import { fillDataDir } from '../../support/filled-data-dir.ts'

const salvage = suite('salvage')

const ENTRIES = 3_000

async function setup(isDoomed: (page: number) => boolean) {
  const file = join(await fillDataDir(ENTRIES), 'activity.db')
  damagePages(file, isDoomed)
  const { raw } = openActivityReader(file)
  const salt = Number(raw.prepare('select salt from log_meta').pluck().get())
  const salvaged = new Salvage(raw, salt)
  const rows = [...salvaged.rows()]
  return { rows, report: salvaged.report }
}

salvage('reads a whole log as a whole', async () => {
  const { rows, report } = await setup(() => false)
  assert.equal(report, { read: ENTRIES, altered: 0, holes: [] })
  assert.equal(
    rows.map(({ seq, message }) => [seq, message]),
    Array.from({ length: ENTRIES }, (_, i) => [i + 1, `entry ${i + 1}`]),
  )
})

salvage('loses of damaged pages their entries only, and says which', async () => {
  const { rows, report } = await setup((page) => page > 40 && page % 10 === 0)
  assert.ok(report.holes.length > 2, `${report.holes.length} holes`)
  const missing = report.holes.reduce((sum, { from, to }) => sum + ((to ?? ENTRIES) - from + 1), 0)
  assert.is(report.read + missing, ENTRIES)
  assert.ok(missing < ENTRIES / 5, `${missing} missing`)
  assert.is(rows.length, report.read)
  assert.is(report.altered, 0)
  assert.ok(rows.every(({ seq, message }) => message === `entry ${seq}`))
  const seqs = rows.map(({ seq }) => seq)
  assert.equal(
    seqs,
    seqs.toSorted((a, b) => a - b),
  )
  assert.is(new Set(seqs).size, seqs.length)
})

salvage('says so when nothing can be read from some entry on', async () => {
  const { rows, report } = await setup((page) => page > 60)
  assert.ok(rows.length > 0 && rows.length < ENTRIES)
  assert.equal(report.holes.at(-1), { from: rows.length + 1, to: null })
})

salvage('counts entries that somebody has altered', async () => {
  const file = join(await fillDataDir(50), 'activity.db')
  const { raw } = openActivityReader(file)
  const salt = Number(raw.prepare('select salt from log_meta').pluck().get())
  raw.pragma('query_only = OFF')
  raw.prepare("update activity_log set message = 'another' where seq = 20").run()
  const salvaged = new Salvage(raw, salt)
  assert.is([...salvaged.rows()].length, 50)
  assert.is(salvaged.report.altered, 1)
})

salvage.run()
