import { setTimeout } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PreciseTimer } from '../../../../workers/capture/precise-timer.ts'
import { Turns } from '../../../../workers/capture/turns.ts'

const turns = suite('turns')

/** Calls back when `count` calls were made, with what they noted. */
function collect(count: number): { note: (name: string) => void; all: Promise<readonly string[]> } {
  const names: string[] = []
  let resolve: (names: readonly string[]) => void = () => {}
  const all = new Promise<readonly string[]>((done) => {
    resolve = done
  })
  const note = (name: string): void => {
    names.push(name)
    if (names.length === count) resolve(names)
  }
  return { note, all }
}

turns('come in the order of their moments, never before them', async () => {
  const subject = new Turns()
  const { note, all } = collect(4)
  const startMs = performance.now()
  const early: string[] = []
  for (const [name, afterMs] of [
    ['fourth', 21.4],
    ['second', 6.1],
    ['first', 6],
    ['third', 6.7],
  ] as const) {
    const call = (): void => {
      if (performance.now() < startMs + afterMs) early.push(name)
      note(name)
    }
    subject.set(call, startMs + afterMs)
  }
  assert.equal(await all, ['first', 'second', 'third', 'fourth'])
  assert.equal(early, [])
})

turns('can be moved, also to an earlier moment, and given up', async () => {
  const subject = new Turns()
  const { note, all } = collect(3)
  const nowMs = performance.now()
  const [moved, never, last] = [() => note('moved'), () => note('never'), () => note('last')]
  subject.set(moved, nowMs + 60_000)
  subject.set(never, nowMs + 1)
  subject.set(last, nowMs + 5)
  subject.set(moved, nowMs + 2)
  subject.clear(never)
  subject.clear(() => {})
  const again = (): void => {
    note('again')
  }
  subject.set(again, nowMs - 1)
  assert.equal(await all, ['again', 'moved', 'last'])
})

turns('of whom it is the turn may ask for another one', async () => {
  const subject = new Turns()
  const { note, all } = collect(3)
  const call = (): void => {
    note('turn')
    subject.set(call, performance.now() + 2)
  }
  subject.set(call, performance.now())
  await all
  subject.clear(call)
})

turns('leave the loop of the thread its own, however many there are', async () => {
  const subject = new Turns()
  const call = (): void => subject.set(call, performance.now() + 0.05)
  subject.set(call, performance.now())
  // Would never resolve otherwise.
  for (let i = 0; i < 5; i += 1) await setTimeout(1)
  subject.clear(call)
})

turns('at a precise time are never early', async () => {
  const errorsMs: number[] = []
  for (let i = 0; i < 21; i += 1) {
    const dueMs = performance.now() + 3 + i / 7
    await new Promise<void>((resolve) => {
      new PreciseTimer(resolve).set(dueMs)
    })
    errorsMs.push(performance.now() - dueMs)
  }
  assert.ok(errorsMs.every((errorMs) => errorMs >= 0))
})

turns.run()
