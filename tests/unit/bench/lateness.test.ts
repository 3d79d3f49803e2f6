import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { percentile } from '../../../bench/result.ts'
import { toLateness } from '../../../bench/suites/many-devices.ts'

const lateness = suite('lateness of frames')

const PERIOD_MS = 1_000 / 60

/** The times of 600 frames; `late` says by how much, or that one never came. */
function p99(late: (frame: number) => number | 'never'): number {
  const timesMs = Array.from({ length: 600 }, (_, i) => [5_000 + i * PERIOD_MS, late(i)] as const).flatMap(
    ([dueMs, lateMs]) => (lateMs === 'never' ? [] : [dueMs + lateMs]),
  )
  return percentile(toLateness(timesMs), 0.99)
}

lateness('is that of the frames, however late they are', () => {
  for (const lateMs of [1, 5, 8, 9, 12]) {
    assert.ok(Math.abs(p99((i) => (i > 20 && i % 10 === 0 ? lateMs : 0)) - lateMs) < 0.01, `${lateMs}`)
  }
})

lateness('of a frame that never came, or came with the next one, is a whole beat', () => {
  for (const late of ['never', PERIOD_MS - 0.5] as const) {
    assert.ok(p99((i) => (i > 20 && i % 10 === 0 ? late : 0)) > 15, `${late}`)
  }
})

lateness('of an even beat is none, whenever it began', () => {
  assert.ok(p99(() => 0) < 0.001)
  assert.ok(p99((i) => (i === 0 ? 3 : 0)) < 0.001)
})

lateness.run()
