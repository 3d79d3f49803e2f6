import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ERROR_CODES, LedGrabError, toErrorMessage, toPlainError } from '../../src/errors.ts'

const errors = suite('errors')

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

errors('each code has its heading in docs/errors.md, and each heading its code', () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])
  assert.equal([...headings].sort(), [...ERROR_CODES].sort())
})

errors('each heading is followed by an explanation', () => {
  const sections = page.split(/^## /m).slice(1)
  const bare = sections.filter((section) => section.split('\n').slice(1).join(' ').trim().length < 60)
  assert.equal(bare, [])
})

errors('codes say LG, an area and what', () => {
  assert.equal(
    ERROR_CODES.filter((code) => !/^LG_[A-Z]+(_[A-Z]+)*$/.test(code)),
    [],
  )
  assert.is(new Set(ERROR_CODES).size, ERROR_CODES.length)
})

errors('keeps code, field and cause', () => {
  const cause = new Error('inner')
  const error = new LedGrabError('LG_REQUEST_INVALID', 'no', { field: 'max_days', cause })
  assert.equal(
    [error.name, error.code, error.field, error.cause, error.message],
    ['LedGrabError', 'LG_REQUEST_INVALID', 'max_days', cause, 'no'],
  )
  assert.not.ok('cause' in new LedGrabError('LG_TIMEOUT', 'late'), 'no cause where there is none')
})

errors('has a plain form that survives structured clone', () => {
  const plain = toPlainError(new LedGrabError('LG_TIMEOUT', 'late'))
  assert.equal(structuredClone(plain), { name: 'LedGrabError', code: 'LG_TIMEOUT', message: 'late' })
  const system = Object.assign(new Error('taken'), { code: 'EADDRINUSE' })
  assert.equal(toPlainError(system), { name: 'Error', code: 'EADDRINUSE', message: 'taken' })
  assert.equal(toPlainError(new TypeError('bug')), { name: 'TypeError', code: 'LG_INTERNAL', message: 'bug' })
  assert.equal(toPlainError('just text'), { name: 'Error', code: 'LG_INTERNAL', message: 'just text' })
})

errors('has a message for anything that was thrown', () => {
  assert.is(toErrorMessage(new Error('inner')), 'inner')
  assert.is(toErrorMessage(undefined), 'undefined')
  assert.is(toErrorMessage(Object.create(null)), 'unprintable error')
})

errors.run()
