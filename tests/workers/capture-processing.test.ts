import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FADE_MS } from '../../src/led/fade.ts'
import { NEUTRAL_PROCESSING } from '../../src/led/processing.ts'
import { endCapture, runTarget, setupCard } from '../support/capture-worker.ts'
import { toStillLeds, toTestCardLeds } from '../support/target-plan.ts'

const processing = suite('capture worker, processing')

processing('goes over to new settings in small steps, and stays there', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  await strip.next(5)
  const half = { ...plan, processing: { ...NEUTRAL_PROCESSING, brightness: 0.5 } }
  const [led = 0] = toStillLeds(plan)
  const [bright, dim] = [toTestCardLeds(plan, 0), toTestCardLeds(half, 0)]
  const at =
    led * 3 +
    [0, 1, 2].reduce((most, i) => ((bright[led * 3 + i] ?? 0) > (bright[led * 3 + most] ?? 0) ? i : most), 0)
  const before = strip.frames.length
  await runTarget(worker, half)
  const frames = await strip.until(() => {
    const done = strip.frames.slice(before).findIndex(({ rgb }) => rgb[at] === dim[at])
    return done >= 0 && strip.frames.slice(before, before + done + 1)
  }, 'half the brightness')
  const values = [bright[at] ?? 0, ...frames.map(({ rgb }) => rgb[at] ?? 0)]
  assert.equal(
    values,
    values.toSorted((a, b) => b - a),
    'never brighter again, never dark',
  )
  assert.ok(values.length > 3, `${values.join()} on the way`)
  const tookMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(tookMs < FADE_MS * 4, `${tookMs} ms`)
  await endCapture(worker, strip)
})

processing('moves smoothly between the pictures of a slow source', async () => {
  const { worker, strip, plan } = await setupCard(100, 2)
  await runTarget(worker, { ...plan, processing: { ...NEUTRAL_PROCESSING, smoothing_ms: 450 } })
  const frames = await strip.next(60)
  const elapsedMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(elapsedMs < 12_000, `60 frames in ${elapsedMs} ms, where the source gives 2 a second`)
  await endCapture(worker, strip)
})

processing('dithers a picture that stands still', async () => {
  const { worker, strip, plan } = await setupCard(100, 1)
  const dithered = { ...NEUTRAL_PROCESSING, dithering: true, brightness: 0.051 }
  await runTarget(worker, { ...plan, processing: dithered })
  const frames = await strip.next(30)
  const [led = 0] = toStillLeds(plan)
  const seen = new Set(frames.map(({ rgb }) => rgb.subarray(led * 3, led * 3 + 3).join()))
  assert.ok(seen.size > 1, [...seen].join(' '))
  await endCapture(worker, strip)
})

processing('sends red, green, blue and white where the strip has white LEDs', async () => {
  // 75 LEDs of 4 bytes are the 100 of 3 that the receiver counts.
  const { worker, strip, plan } = await setupCard(100)
  const white = {
    ...plan,
    device: { ...plan.device, led_count: 75 },
    layout: {
      type: 'matrix',
      columns: 15,
      rows: 5,
      first_led: 'top_left',
      runs: 'rows',
      serpentine: true,
      led_start: 0,
    },
    processing: { ...NEUTRAL_PROCESSING, white_channel: 'accurate' },
  } as const
  worker.send({ kind: 'preview', target_ids: [plan.target_id] })
  const preview = worker.next('target-preview')
  await runTarget(worker, white)
  const [frame] = await strip.next(1)
  assert.equal(
    frame?.packets.map(({ type }) => type),
    [0x1b],
  )
  // The marker of the test card moves in the upper quarter: from the third row on nothing does.
  assert.equal(frame?.rgb.subarray(30 * 4), toTestCardLeds(white, 0).subarray(30 * 4))
  assert.is((await preview).rgb.length, 75 * 3)
  await endCapture(worker, strip)
})

processing.run()
