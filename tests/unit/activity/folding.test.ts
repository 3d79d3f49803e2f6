import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Folding } from '../../../src/activity/folding.ts'

const folding = suite('folding')

function setup(maxKeys = 10) {
  let nowMs = 0
  const told: string[] = []
  const subject = new Folding({ monotonicMs: () => nowMs, windowMs: 60_000, maxKeys })
  const fold = (name: string) => ({
    first: () => told.push(name),
    repeated: (count: number) => told.push(`${name} +${count}`),
  })
  return {
    told,
    note: (key: string) => subject.note(key, fold(key), fold('others')),
    /** Lets time pass; `start` would sweep by itself, `stop` does it now. */
    async pass(ms: number): Promise<void> {
      nowMs += ms
      await subject.stop()
    },
  }
}

folding('tells the first at once and the repeats with their count when the window is over', async () => {
  const { note, told, pass } = setup()
  assert.is(note('a'), 1)
  assert.is(note('a'), 2)
  assert.is(note('a'), 3)
  assert.equal(told, ['a'])
  await pass(60_000)
  assert.equal(told, ['a', 'a +2'])
  assert.is(note('a'), 1, 'a new window')
  assert.equal(told, ['a', 'a +2', 'a'])
})

folding('says nothing more of what happened once', async () => {
  const { note, told, pass } = setup()
  note('a')
  await pass(60_000)
  assert.equal(told, ['a'])
})

folding('keeps keys apart, and those beyond its bound together', async () => {
  const { note, told, pass } = setup(2)
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 1_000; n += 1) note(`key ${n}`)
  }
  assert.equal(told, ['key 0', 'key 1', 'others'], 'three entries for 3,000 events')
  await pass(60_000)
  assert.equal(told.slice(3).sort(), ['key 0 +2', 'key 1 +2', `others +${3 * 998 - 1}`])
})

folding('gives entries of their own to a burst of keys, then to one every 30 s', async () => {
  let nowMs = 0
  const told: string[] = []
  const subject = new Folding({ monotonicMs: () => nowMs, windowMs: 60_000, burst: 3 })
  const fold = (name: string) => ({
    first: () => told.push(name),
    repeated: (count: number) => told.push(`${name} +${count}`),
  })
  const note = (name: string): number => subject.note(name, fold(name), fold('others'))
  for (let n = 1; n <= 100; n += 1) note(`key ${n}`)
  assert.equal(told, ['key 1', 'key 2', 'key 3', 'others'])
  assert.is(note('key 50'), 2, 'who has no entry is counted all the same')
  nowMs = 30_000
  note('key 200')
  note('key 201')
  assert.equal(told.slice(4), ['key 200'])
  nowMs = 60_000
  await subject.stop()
  assert.equal(told.slice(5), ['others +98'])
})

folding('tells what is folded when it stops', async () => {
  const { note, told, pass } = setup()
  note('a')
  note('a')
  await pass(1)
  assert.equal(told, ['a', 'a +1'])
})

folding.run()
