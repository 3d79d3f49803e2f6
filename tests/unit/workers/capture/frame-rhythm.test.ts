import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameRhythm } from '../../../../workers/capture/frame-rhythm.ts'

const rhythm = suite('rhythm of frames')

const INTERVAL_MS = 16

function after(...framesMs: readonly number[]): FrameRhythm {
  const subject = new FrameRhythm()
  for (const frameMs of framesMs) subject.note(frameMs)
  return subject
}

rhythm('waits for a frame whose turn would be lost otherwise, and not much longer', () => {
  // The next is to be expected at 133.
  const subject = after(67, 100)
  assert.is(subject.toTurnMs(116, INTERVAL_MS), 116)
  assert.is(subject.toTurnMs(117.5, INTERVAL_MS), 137)
  assert.is(subject.toTurnMs(132, INTERVAL_MS), 137)
})

rhythm('does not wait for one that is overdue', () => {
  assert.is(after(67, 100).toTurnMs(134, INTERVAL_MS), 134)
})

rhythm('is not known before the second frame', () => {
  assert.is(after().toTurnMs(10, INTERVAL_MS), 10)
  assert.is(after(5).toTurnMs(10, INTERVAL_MS), 10)
})

rhythm.run()
