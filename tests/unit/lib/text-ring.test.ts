import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTextRing, TextRingReader, TextRingWriter } from '../../../src/lib/text-ring.ts'

const ring = suite('text ring')

function setup(maxBytes: number) {
  const memory = createTextRing(maxBytes)
  return { memory, writer: new TextRingWriter(memory), reader: new TextRingReader(memory) }
}

ring('gives each text once, in the order written, whatever its length', () => {
  const { writer, reader } = setup(1_000)
  assert.ok(reader.isEmpty)
  for (const text of ['', 'a', 'äöü', '€uro', '😀', 'x'.repeat(100)]) assert.ok(writer.write(text))
  assert.not(reader.isEmpty)
  for (const text of ['', 'a', 'äöü', '€uro', '😀', 'x'.repeat(100), undefined])
    assert.is(reader.read(), text)
})

ring('behaves as a queue, however writes and reads follow upon each other', () => {
  const step = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constant(undefined))
  fc.assert(
    fc.property(fc.integer({ min: 64, max: 600 }), fc.array(step, { maxLength: 300 }), (maxBytes, steps) => {
      const { writer, reader } = setup(maxBytes)
      const queue: string[] = []
      for (const text of steps) {
        if (text === undefined) assert.is(reader.read(), queue.shift())
        else if (writer.write(text)) queue.push(text)
        assert.is(reader.isEmpty, queue.length === 0)
      }
      for (const text of queue) assert.is(reader.read(), text)
      assert.is(reader.read(), undefined)
    }),
    { numRuns: 500 },
  )
})

ring('refuses what has no room, and takes it once there is room again', () => {
  const { writer, reader } = setup(600)
  let count = 0
  while (writer.write(`text ${count}`)) count += 1
  assert.ok(count > 10, `${count}`)
  assert.not(writer.write('one more'))
  for (let n = 0; n < count; n += 1) assert.is(reader.read(), `text ${n}`)
  assert.ok(writer.write('one more'))
  assert.is(reader.read(), 'one more')
  assert.not(writer.write('x'.repeat(600)), 'larger than the ring')
  assert.is(reader.read(), undefined)
})

ring('uses little more than its first half as long as the reader keeps up', () => {
  const { memory, writer, reader } = setup(100_000)
  for (let n = 0; n < 5_000; n += 1) {
    writer.write(`text ${n} of a quiet writer`)
    reader.read()
  }
  assert.ok(new Uint8Array(memory, 50_100).every((byte) => byte === 0))
})

ring('has room for half of its size at any time', () => {
  const { writer, reader } = setup(4_096)
  for (let before = 0; before < 500; before += 1) {
    writer.write('x'.repeat(before))
    while (reader.read() !== undefined);
    let bytes = 0
    // The room that is looked for is that of three bytes a letter.
    while (writer.write('0123456789')) bytes += 16
    assert.ok(bytes >= 2_048 - 40, `${bytes} after ${before}`)
    while (reader.read() !== undefined);
  }
})

ring('hands over a million texts between two threads, none lost, doubled or torn', async () => {
  const { memory, reader } = setup(4_096)
  const count = 1_000_000
  const script = `
    const { workerData } = require('node:worker_threads')
    import(workerData.module).then(({ TextRingWriter }) => {
      const writer = new TextRingWriter(workerData.memory)
      for (let n = 0; n < workerData.count; ) if (writer.write('x'.repeat(n % 50) + n)) n += 1
    })`
  const module = new URL('../../../dist/src/lib/text-ring.js', import.meta.url).href
  const worker = new Worker(script, { eval: true, workerData: { module, memory, count } })
  let failure: unknown
  worker.once('error', (cause) => {
    failure = cause
  })
  for (let n = 0; n < count; ) {
    const text = reader.read()
    if (text === undefined) {
      if (failure !== undefined) throw failure
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    assert.is(text, `${'x'.repeat(n % 50)}${n}`)
    n += 1
  }
  assert.is(reader.read(), undefined)
})

ring.run()
