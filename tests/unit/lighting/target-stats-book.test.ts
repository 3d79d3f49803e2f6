import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TargetStatsBook } from '../../../src/lighting/target-stats-book.ts'
import { TargetCounts } from '../../../workers/capture/target-counts.ts'

const book = suite('figures of targets')

const LINK = { packetsOut: 6, sendErrors: 1 }

book('are counted anew each time they are taken', () => {
  const counts = new TargetCounts()
  counts.framesIn(3, 2)
  counts.framesIn(1, 0)
  counts.frameOut()
  counts.frameOut()
  counts.frameSent(4)
  counts.frameSent(1)
  counts.worked(0.03)
  counts.worked(0.01)
  assert.equal(counts.take('t', LINK), {
    target_id: 't',
    frames_in: 4,
    frames_out: 2,
    frames_dropped: 2,
    packets_out: 6,
    send_errors: 1,
    frame_age_ms: 2.5,
    frame_age_max_ms: 4,
    processing_us: 20,
    processing_max_us: 30,
  })
  const empty = counts.take('t', { packetsOut: 0, sendErrors: 0 })
  assert.equal([empty.frames_in, empty.frame_age_ms, empty.processing_us], [0, null, null])
})

book('add up, and the last second is told while it is the last', () => {
  let nowMs = 10_000
  const stats = new TargetStatsBook(() => nowMs)
  const counts = new TargetCounts()
  for (let second = 0; second < 3; second += 1) {
    counts.framesIn(30, 5)
    counts.frameOut()
    stats.note(counts.take('t', LINK))
    nowMs += 1_000
  }
  assert.equal(
    [...stats.totals()],
    [['t', { frames_in: 90, frames_out: 3, frames_dropped: 15, packets_out: 18, send_errors: 3 }]],
  )
  assert.is(stats.latest('t')?.frames_in, 30)
  nowMs += 2_500
  assert.is(stats.latest('t'), undefined)
  assert.is(stats.latest('other'), undefined)
  stats.forget('t')
  assert.equal([...stats.totals()], [])
})

book.run()
