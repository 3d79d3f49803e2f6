import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keepPrepared } from '../../../src/storage/statement-cache.ts'
import { tempDir } from '../../support/temp-dir.ts'

const statements = suite('kept statements')

function setup() {
  const raw = new Database(join(tempDir(), 'x.db'))
  raw.exec('create table log (n)')
  return { raw, kept: keepPrepared(raw, 'insert into log') }
}

statements('are the same for the same text, and others are not kept', () => {
  const { kept } = setup()
  const insert = 'insert into log values (?)'
  assert.is(kept.prepare(insert), kept.prepare(insert))
  assert.is.not(kept.prepare('select * from log'), kept.prepare('select * from log'))
})

statements('go when many others came after them', () => {
  const { raw, kept } = setup()
  const textOf = (rows: number): string => `insert into log values ${Array(rows).fill('(1)').join(', ')}`
  const first = kept.prepare(textOf(1))
  const second = kept.prepare(textOf(2))
  for (let rows = 3; rows <= 49; rows += 1) {
    assert.is(kept.prepare(textOf(1)), first, 'it is used all the time')
    kept.prepare(textOf(rows)).run([])
  }
  assert.is(kept.prepare(textOf(1)), first)
  assert.is.not(kept.prepare(textOf(2)), second)
  assert.is(raw.prepare('select count(*) from log').pluck().get(), (3 + 49) * 23.5)
})

statements('follow a change of the table', () => {
  const { raw, kept } = setup()
  const insert = kept.prepare('insert into log values (1)')
  insert.run([])
  raw.exec('create index by_n on log (n)')
  kept.prepare('insert into log values (1)').run([])
  assert.is(raw.prepare('select count(*) from log where n = 1').pluck().get(), 2)
})

statements.run()
