import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toRetryDelayMs } from '../../../src/web/api/backoff.ts'
import { toUrl } from '../../../src/web/api/http-client.ts'
import { parseServerEvent } from '../../../src/web/api/parse-event.ts'
import { toBytes } from '../../../src/web/lib/base64.ts'

const client = suite("the page's client")

client('takes known events and nothing else', () => {
  assert.equal(parseServerEvent('{"type":"gap","from":1,"to":2}'), { type: 'gap', from: 1, to: 2 })
  for (const data of ['{"type":"of_tomorrow"}', '{}', 'null', '7', '{', '', new Uint8Array(2), undefined])
    assert.is(parseServerEvent(data), undefined)
})

client('waits longer from try to try, up to 20 s, never the same', () => {
  assert.equal(
    [0, 1, 2, 3, 4, 5, 50].map((attempt) => toRetryDelayMs(attempt, 0.5)),
    [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000],
  )
  assert.equal(
    [0, 1].map((random) => toRetryDelayMs(9, random)),
    [10_500, 19_500],
  )
})

client('leaves out what is not asked for, and escapes what is', () => {
  assert.is(toUrl('/x', { a: undefined, b: '', c: [], d: 0 }), '/x?d=0')
  assert.is(toUrl('/x', { q: 'a&b=c#d', list: ['one', 'two'] }), '/x?q=a%26b%3Dc%23d&list=one%2Ctwo')
  assert.is(toUrl('/x', {}), '/x')
})

client('reads colours, and none from what is no base64', () => {
  assert.equal(toBytes(Buffer.from([255, 0, 7]).toString('base64')), new Uint8Array([255, 0, 7]))
  assert.equal(toBytes('***'), new Uint8Array())
})

client.run()
