import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NEUTRAL_PROCESSING } from '../../src/led/processing.ts'
import { toTestCardTimeMs } from '../../src/led/test-card.ts'
import { CARD_FPS, endCapture, runTarget, setupCard, sumStats } from '../support/capture-worker.ts'
import { findCardFrame } from '../support/target-plan.ts'

const pacing = suite('capture worker, pacing')

const DARK = { ...NEUTRAL_PROCESSING, brightness: 0 }

pacing('keeps the time of the card, however long frames take', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  const frames = await strip.next(90)
  const [first, last] = [frames[0], frames.at(-1)]
  assert.ok(first && last)
  const shownMs = toTestCardTimeMs(
    findCardFrame(plan, last.rgb, CARD_FPS) - findCardFrame(plan, first.rgb, CARD_FPS),
    CARD_FPS,
  )
  assert.ok(Math.abs(shownMs - (last.atMs - first.atMs)) < 500, `${shownMs} ms of the card`)
  await endCapture(worker, strip)
})

pacing('sends at most 60 frames a second, the newest first, and counts the rest as dropped', async () => {
  const { worker, strip, plan } = await setupCard(100, 150)
  await runTarget(worker, plan)
  const frames = await strip.next(90)
  const elapsedMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(elapsedMs > (89 * 1_000) / 60 - 150, `90 frames in ${elapsedMs} ms`)
  const sum = await sumStats(worker, plan.target_id, ({ frames_dropped }) => frames_dropped > 0)
  assert.ok(sum.frames_in > sum.frames_out)
  await endCapture(worker, strip)
})

pacing('leaves a long strip the time its wire takes: 30 µs per LED', async () => {
  const { worker, strip, plan } = await setupCard(2_000, 60)
  await runTarget(worker, plan)
  const frames = await strip.next(30)
  const elapsedMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(elapsedMs > 29 * 60 - 150, `30 frames in ${elapsedMs} ms`)
  await endCapture(worker, strip)
})

pacing('repeats unchanged colours once a second and not more often', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, { ...plan, processing: DARK })
  const frames = await strip.next(4)
  for (let i = 1; i < frames.length; i += 1) {
    const gapMs = (frames[i]?.atMs ?? 0) - (frames[i - 1]?.atMs ?? 0)
    assert.ok(gapMs > 800, `${gapMs} ms between two equal frames`)
    // Well before WLED's realtime timeout of 2.5 s.
    assert.ok(gapMs < 2_400, `${gapMs} ms between two equal frames`)
  }
  await endCapture(worker, strip)
})

pacing.run()
