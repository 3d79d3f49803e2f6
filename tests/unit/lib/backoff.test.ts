import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Backoff } from '../../../src/lib/backoff.ts'

const backoff = suite('back-off')

backoff('doubles up to its cap and starts again after a reset', () => {
  const waits = new Backoff({ firstMs: 100, capMs: 1_000 })
  const take = (count: number): number[] => Array.from({ length: count }, () => waits.nextMs())
  assert.equal(take(6), [100, 200, 400, 800, 1_000, 1_000])
  assert.is(waits.attempts, 6)
  waits.reset()
  assert.is(waits.attempts, 0)
  assert.equal(take(2), [100, 200])
})

backoff('stays at its cap however long it goes on', () => {
  const waits = new Backoff({ firstMs: 1, capMs: 30_000 })
  for (let i = 0; i < 5_000; i += 1) assert.ok(waits.nextMs() <= 30_000)
  assert.is(waits.nextMs(), 30_000)
})

backoff.run()
