import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogRing } from '../../../src/lib/log-ring.ts'
import type { ServerLogLine } from '../../../src/protocol/server-log.ts'

const logRing = suite('log ring')

function toJson(fields: object = {}): string {
  return JSON.stringify({ level: 30, time: '2026-11-21T23:58:09.412Z', msg: 'up', ...fields })
}

logRing('keeps the last 500 lines and tells each as it comes', () => {
  const told: ServerLogLine[] = []
  const ring = new LogRing()
  ring.onLine = (line) => told.push(line)
  for (let n = 1; n <= 501; n += 1) ring.add(toJson({ msg: `line ${n}` }))
  assert.is(ring.lines.length, 500)
  assert.equal([ring.lines[0]?.message, ring.lines.at(-1)?.message], ['line 2', 'line 501'])
  assert.is(told.length, 501)
})

logRing('names the level and keeps other fields as text', () => {
  const ring = new LogRing()
  ring.add(toJson({ level: 40, url: 'http://x' }))
  assert.equal(ring.lines[0], {
    ts: '2026-11-21T23:58:09.412Z',
    level: 'warn',
    message: 'up',
    fields: '{"url":"http://x"}',
  })
})

logRing('bounds and neutralises what a line holds', () => {
  const ring = new LogRing()
  ring.add(toJson({ msg: `\u001b[31m${'x'.repeat(10_000)}\u202e`, more: 'y'.repeat(10_000) }))
  const [line] = ring.lines
  assert.ok((line?.message.length ?? 0) <= 500 && (line?.fields.length ?? 0) <= 2_000)
  assert.not.match(line?.message ?? '', '\u001b')
})

logRing('lives through what is no line', () => {
  const ring = new LogRing()
  for (const text of ['', 'oops', '[1', 'null']) ring.add(text)
  ring.add(toJson())
  assert.is(ring.lines.at(-1)?.message, 'up')
})

logRing.run()
