import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NEUTRAL_PROCESSING } from '../../src/led/processing.ts'
import { SourceSettings } from '../../src/protocol/api-sources.ts'
import type { CaptureCommand, CaptureOptions, CaptureReport } from '../../src/protocol/worker-messages.ts'
import { CARD_FPS, endCapture, runTarget, setupCard, stopTarget } from '../support/capture-worker.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import {
  findCardFrame,
  toDdpOutput,
  toStillLeds,
  toTestCardLeds,
  toTestPlan,
} from '../support/target-plan.ts'

const capture = suite('capture worker')

const DARK = { ...NEUTRAL_PROCESSING, brightness: 0 }

capture('shows the test card on the strip, byte for byte', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  const frames = await strip.next(20)
  const numbers = frames.map(({ rgb }) => findCardFrame(plan, rgb, CARD_FPS))
  assert.not.ok(numbers.includes(-1), `frames of the card: ${numbers.join()}`)
  const ascending = [...numbers].sort((a, b) => a - b)
  assert.equal(numbers, ascending)

  const still = toStillLeds(plan)
  assert.ok(still.length > 60)
  const expected = toTestCardLeds(plan, 0)
  for (const { rgb } of frames) {
    for (const led of still) {
      assert.equal(rgb.subarray(led * 3, led * 3 + 3), expected.subarray(led * 3, led * 3 + 3), `LED ${led}`)
    }
  }
  await endCapture(worker, strip)
})

capture('speaks DDP: RGB8 to display 1, sequence 1-15 per packet, PUSH on the last packet only', async () => {
  const { worker, strip, plan } = await setupCard(1_000)
  await runTarget(worker, plan)
  const packets = (await strip.next(12)).flatMap((frame) => frame.packets)
  assert.is(packets.length, 36)
  for (const { version, type, destination } of packets) {
    assert.equal([version, type, destination], [1, 0x0b, 1])
  }
  const first = packets[0]?.sequence ?? 0
  packets.forEach((packet, i) => {
    assert.is(packet.sequence, ((first - 1 + i) % 15) + 1)
    assert.is(packet.isPush, i % 3 === 2)
    assert.is(packet.offsetBytes, (i % 3) * 1_440)
  })
  await endCapture(worker, strip)
})

capture('reports a target running before any frame has come', async () => {
  const worker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>(
    'capture',
    { source_id: 's', source_name: 'Screen', settings: SourceSettings.parse({ type: 'screen' }) },
    { env: { PATH: process.env.PATH } },
  )
  const strip = await startDdpReceiver(10)
  await runTarget(worker, toTestPlan({ ddp_port: strip.port, led_count: 10 }))
  await stopTarget(worker, toTestPlan({ ddp_port: strip.port, led_count: 10 }))
  assert.is(strip.frames.length, 0)
  await endCapture(worker, strip)
})

capture('takes a new plan while it runs, without a dark frame or a gap in the sequence', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  await strip.next(5)
  const half = { ...plan, processing: { ...NEUTRAL_PROCESSING, brightness: 0.5 } }
  await runTarget(worker, half)
  const dimmed = toTestCardLeds(half, 0)
  const [led = 0] = toStillLeds(plan)
  const expected = dimmed.subarray(led * 3, led * 3 + 3)
  await strip.until(
    () => strip.latest?.rgb.subarray(led * 3, led * 3 + 3).equals(expected),
    'the dimmed colours',
  )
  assert.not.ok(strip.frames.some(({ rgb }) => rgb.every((value) => value === 0)))
  const sequences = strip.frames.flatMap((frame) => frame.packets.map(({ sequence }) => sequence))
  sequences.forEach((sequence, i) => {
    if (i > 0) assert.is(sequence, ((sequences[i - 1] ?? 0) % 15) + 1)
  })
  await endCapture(worker, strip)
})

capture('moves to another address while it runs; the old one hears nothing more', async () => {
  const { worker, strip, plan } = await setupCard()
  const other = await startDdpReceiver(100)
  await runTarget(worker, plan)
  await strip.next(3)
  await runTarget(worker, { ...plan, device: { ...plan.device, output: toDdpOutput(other.port) } })
  await other.next(3)
  const framesSoFar = strip.frames.length
  // Two seconds: an old stream left open would repeat its last colours meanwhile.
  await other.next(60)
  assert.is(strip.frames.length, framesSoFar)
  await endCapture(worker, strip, other)
})

capture('shows a watched target as it was sent, at most 15 times a second', async () => {
  const { worker, strip, plan } = await setupCard()
  const other = await startDdpReceiver(100)
  await runTarget(worker, plan)
  await runTarget(worker, {
    ...plan,
    target_id: 'other',
    device: { ...plan.device, output: toDdpOutput(other.port) },
  })
  const previews = () => worker.reports.filter((report) => report.kind === 'target-preview')
  await strip.next(10)
  assert.is(previews().length, 0)

  worker.send({ kind: 'preview', target_ids: [plan.target_id] })
  await worker.next('target-preview')
  const startedMs = performance.now()
  await worker.until(() => previews().length >= 16, '16 previews')
  assert.ok(performance.now() - startedMs > 800, 'a second for fifteen more')
  assert.ok(previews().every(({ target_id }) => target_id === plan.target_id))
  const rgb = Buffer.from(previews()[3]?.rgb ?? [])
  await strip.until(() => strip.frames.some((frame) => frame.rgb.equals(rgb)), 'the preview among the frames')

  worker.send({ kind: 'preview', target_ids: [] })
  // Commands are obeyed in order: after this report no preview is on its way.
  await runTarget(worker, plan)
  const seen = previews().length
  await strip.next(10)
  assert.is(previews().length, seen)
  await endCapture(worker, strip, other)
})

capture('shows a new watcher the colours at once, however still the picture', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, { ...plan, processing: DARK })
  await strip.next(1)
  worker.send({ kind: 'preview', target_ids: [plan.target_id] })
  const { rgb } = await worker.next('target-preview')
  assert.equal(
    [...rgb],
    Array.from({ length: 300 }, () => 0),
  )
  await endCapture(worker, strip)
})

capture('reports figures of every target once a second', async () => {
  const { worker, strip, plan } = await setupCard()
  await runTarget(worker, plan)
  await worker.next('target-stats')
  const { stats } = await worker.next('target-stats')
  assert.is(stats.length, 1)
  const [figures] = stats
  assert.ok(figures && figures.frames_in > 5 && figures.frames_in < 90, JSON.stringify(figures))
  await endCapture(worker, strip)
})

capture('tells the log when the source delivers and when it is closed', async () => {
  const { worker, strip } = await setupCard()
  await worker.draft('capture_started')
  await endCapture(worker, strip)
  assert.equal(
    worker.drafts.map(({ category, action, severity, entityType, entityId, entityName }) => [
      category,
      action,
      severity,
      [entityType, entityId, entityName],
    ]),
    [
      ['capture', 'capture_started', 'info', ['source', 'source_card', 'Test card']],
      ['capture', 'capture_stopped', 'info', ['source', 'source_card', 'Test card']],
    ],
  )
  const [started, stopped] = worker.drafts
  assert.match(started?.message ?? '', 'The source "Test card" delivers pictures from the built-in test card')
  assert.equal(JSON.parse(started?.metadata ?? ''), { backend: 'testcard', fps: 30, width: 128, height: 72 })
  assert.match(stopped?.message ?? '', 'The source "Test card" was closed after')
  const states = worker.reports.flatMap((report) => (report.kind === 'source-state' ? [report.state] : []))
  assert.equal(states, ['starting', 'delivering'])
})

capture.run()
