import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { sqliteCode, toStorageError } from '../../../src/storage/sqlite-error.ts'

const errors = suite('errors of SQLite')

errors('are told by their code, extended codes included', () => {
  assert.is(sqliteCode(new Database.SqliteError('x', 'SQLITE_IOERR_FSYNC')), 'SQLITE_IOERR_FSYNC')
  for (const other of [new Error('SQLITE_BUSY'), { code: 'SQLITE_BUSY' }, null, undefined, 'SQLITE_BUSY'])
    assert.is(sqliteCode(other), undefined)
})

errors('become one that says what to do', () => {
  const cases = [
    ['SQLITE_CORRUPT', 'LG_STORAGE_CORRUPT', 'restore a backup'],
    ['SQLITE_CORRUPT_INDEX', 'LG_STORAGE_CORRUPT', 'restore a backup'],
    ['SQLITE_NOTADB', 'LG_STORAGE_CORRUPT', 'restore a backup'],
    ['SQLITE_CANTOPEN', 'LG_STORAGE_UNWRITABLE', 'cannot be written'],
    ['SQLITE_READONLY_DIRECTORY', 'LG_STORAGE_UNWRITABLE', 'cannot be written'],
    ['SQLITE_FULL', 'LG_STORAGE_UNWRITABLE', 'free space'],
    ['SQLITE_IOERR_WRITE', 'LG_STORAGE_UNWRITABLE', 'cannot be written'],
    ['SQLITE_BUSY', 'LG_STORAGE_UNWRITABLE', 'cannot be opened'],
  ] as const
  for (const [code, expected, hint] of cases) {
    const cause = new Database.SqliteError('the reason', code)
    const error = toStorageError(cause, '/data/some.db')
    assert.is(error.code, expected, code)
    assert.match(error.message, '/data/some.db')
    assert.match(error.message, hint)
    assert.is(error.cause, cause)
  }
})

errors('leave one of ours as it is', () => {
  const ours = new LedGrabError('LG_STORAGE_NEWER', 'x')
  assert.is(toStorageError(ours, '/data/some.db'), ours)
})

errors.run()
