import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import {
  isAtLeast,
  openActivityDatabase,
  openActivityReader,
  openLedgrabDatabase,
} from '../../../src/storage/open.ts'
import { asNobody } from '../../support/as-nobody.ts'
import { tempDir } from '../../support/temp-dir.ts'

const open = suite('opening a database')

type Raw = ReturnType<typeof openActivityDatabase>['raw']

function pragmas(raw: Raw, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, raw.pragma(name, { simple: true })]))
}

function refusal(work: () => unknown): LedGrabError {
  try {
    work()
  } catch (cause) {
    assert.instance(cause, LedGrabError)
    return cause as LedGrabError
  }
  throw new Error('it was not refused')
}

const OPENERS = { openActivityDatabase, openLedgrabDatabase, openActivityReader }

open('makes the log durable, incremental to shrink, and its schema untrusted', () => {
  const { raw } = openActivityDatabase(join(tempDir(), 'activity.db'))
  assert.equal(
    pragmas(raw, ['journal_mode', 'synchronous', 'auto_vacuum', 'trusted_schema', 'busy_timeout']),
    {
      journal_mode: 'wal',
      synchronous: 2,
      auto_vacuum: 2,
      trusted_schema: 0,
      busy_timeout: 100,
    },
  )
})

open('finds the log as it left it', () => {
  const file = join(tempDir(), 'activity.db')
  openActivityDatabase(file).raw.exec('create table t (x); insert into t values (1)')
  const { raw } = openActivityDatabase(file, 250)
  assert.equal(
    pragmas(raw, ['journal_mode', 'synchronous', 'auto_vacuum', 'trusted_schema', 'busy_timeout']),
    {
      journal_mode: 'wal',
      synchronous: 2,
      auto_vacuum: 2,
      trusted_schema: 0,
      busy_timeout: 250,
    },
  )
  assert.is(raw.prepare('select x from t').pluck().get(), 1)
})

open('makes ledgrab.db durable and holds its references', () => {
  const { raw } = openLedgrabDatabase(join(tempDir(), 'ledgrab.db'))
  assert.equal(pragmas(raw, ['journal_mode', 'synchronous', 'trusted_schema', 'foreign_keys']), {
    journal_mode: 'wal',
    synchronous: 2,
    trusted_schema: 0,
    foreign_keys: 1,
  })
})

open('gives a reader that cannot write, neither rows nor tables', () => {
  const file = join(tempDir(), 'activity.db')
  openActivityDatabase(file).raw.exec('create table t (x)')
  const { raw } = openActivityReader(file)
  assert.equal(pragmas(raw, ['query_only', 'trusted_schema']), { query_only: 1, trusted_schema: 0 })
  assert.throws(() => raw.exec('insert into t values (1)'), /readonly/)
  assert.throws(() => raw.exec('create table u (x)'), /readonly/)
})

open('gives a reader that sees the last commit and does not hold up the writer', () => {
  const file = join(tempDir(), 'activity.db')
  const writer = openActivityDatabase(file).raw
  writer.exec('create table t (x)')
  const reader = openActivityReader(file).raw
  const count = (): unknown => reader.prepare('select count(*) from t').pluck().get()
  reader.exec('begin')
  assert.is(count(), 0)
  writer.exec('insert into t values (1)')
  assert.is(count(), 0, 'a snapshot while its transaction is open')
  reader.exec('commit')
  assert.is(count(), 1)
})

open('does not create what a reader should find', () => {
  const file = join(tempDir(), 'activity.db')
  assert.is(refusal(() => openActivityReader(file)).code, 'LG_STORAGE_UNWRITABLE')
  assert.not(existsSync(file))
})

open('refuses a file that is no database, and names it', () => {
  for (const opener of [openActivityDatabase, openLedgrabDatabase]) {
    const file = join(tempDir(), 'some.db')
    writeFileSync(file, 'this was never a database, it only has the name of one'.repeat(100))
    const error = refusal(() => opener(file))
    assert.is(error.code, 'LG_STORAGE_CORRUPT')
    assert.match(error.message, file)
  }
})

open('refuses a folder that does not exist, and a file that is a folder', () => {
  for (const opener of Object.values(OPENERS)) {
    const folder = tempDir()
    assert.is(refusal(() => opener(join(folder, 'missing', 'some.db'))).code, 'LG_STORAGE_UNWRITABLE')
    mkdirSync(join(folder, 'some.db'))
    const error = refusal(() => opener(join(folder, 'some.db')))
    assert.is(error.code, 'LG_STORAGE_UNWRITABLE')
    assert.match(error.message, '--data-dir')
  }
})

open('refuses a folder that may not be written', () => {
  const folder = join(tempDir(), 'locked')
  mkdirSync(folder)
  chmodSync(folder, 0o500)
  const error = refusal(() => asNobody(() => openActivityDatabase(join(folder, 'activity.db'))))
  assert.is(error.code, 'LG_STORAGE_UNWRITABLE')
})

open('gives both libraries the same connection', async () => {
  const { raw, db, file } = openActivityDatabase(join(tempDir(), 'activity.db'))
  raw.exec('create temp table only_here (x)')
  assert.equal((await sql`select * from only_here`.execute(db)).rows, [])
  assert.match(file, 'activity.db')
})

open('compares versions as numbers, part by part', () => {
  const cases: readonly (readonly [version: string, minimum: string, expected: boolean])[] = [
    ['3.51.3', '3.51.3', true],
    ['3.51.4', '3.51.3', true],
    ['3.52.0', '3.51.3', true],
    ['4.0.0', '3.51.3', true],
    ['3.51.10', '3.51.9', true],
    ['3.51.2', '3.51.3', false],
    ['3.9.9', '3.51.3', false],
    ['2.99.99', '3.51.3', false],
    ['3.52', '3.51.3', true],
    ['3.51', '3.51.3', false],
    ['3.51.3.1', '3.51.3', true],
  ]
  for (const [version, minimum, expected] of cases)
    assert.is(isAtLeast(version, minimum), expected, `${version} against ${minimum}`)
})

open.run()
