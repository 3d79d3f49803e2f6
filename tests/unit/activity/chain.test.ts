import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chainHash } from '../../../src/activity/chain.ts'

const chain = suite('hash chain')

const LOG_ID = '00000000-0000-4000-8000-000000000000'
const JSON_TEXT = '{"id":"al_514e28b7","message":"Größe 💡"}'

chain('is SHA-256 of the previous hash, seq in 8 bytes big-endian and the JSON in UTF-8', () => {
  const previous = createHash('sha256').update(LOG_ID).digest()
  const expected = createHash('sha256')
    .update(previous)
    .update(Buffer.from([0, 0, 0, 0, 0, 0, 1, 2]))
    .update(Buffer.from(JSON_TEXT, 'utf8'))
    .digest()
  assert.equal(chainHash(previous, 0x0102, JSON_TEXT), expected)
})

chain('has the value that was computed outside LedGrab', () => {
  // { printf %s "$LOG_ID" | openssl sha256 -binary; printf '\0\0\0\0\0\0\1\2'; printf %s "$JSON"; } | sha256sum
  const previous = createHash('sha256').update(LOG_ID).digest()
  assert.is(
    chainHash(previous, 0x0102, JSON_TEXT).toString('hex'),
    '0c72d570a6d0930ee7940d8196d93b31a31b5c12d86f80e1b1ec4db12bc6a711',
  )
})

chain('takes a seq beyond 32 bits', () => {
  const previous = Buffer.alloc(32, 7)
  const expected = createHash('sha256')
    .update(previous)
    .update(Buffer.from([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
    .update('{}')
    .digest()
  assert.equal(chainHash(previous, Number.MAX_SAFE_INTEGER, '{}'), expected)
})

chain('takes entries of any length, and a short one after a long one', () => {
  const previous = Buffer.alloc(32)
  for (const text of [JSON_TEXT, '💡'.repeat(50_000), JSON_TEXT, '']) {
    const expected = createHash('sha256').update(previous).update(Buffer.alloc(8)).update(text).digest()
    assert.equal(chainHash(previous, 0, text), expected)
  }
})

chain('gives a hash of its own each time, which later ones do not overwrite', () => {
  const first = chainHash(Buffer.alloc(32), 1, 'a')
  const copy = Buffer.from(first)
  chainHash(first, 2, 'b')
  assert.equal(first, copy)
})

chain.run()
