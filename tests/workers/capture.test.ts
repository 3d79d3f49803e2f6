import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toTestCardTimeMs } from '../../src/led/test-card.ts'
import type {
  CaptureCommand,
  CaptureOptions,
  CaptureReport,
  TargetPlan,
  TargetStats,
} from '../../src/protocol/worker-messages.ts'
import { type DdpReceiver, startDdpReceiver } from '../support/ddp-receiver.ts'
import { startReleaseListener } from '../support/release-listener.ts'
import { type SpawnedWorker, spawnWorker } from '../support/spawn-worker.ts'
import { toStillLeds, toTestCardLeds, toTestPlan } from '../support/target-plan.ts'

const capture = suite('capture worker, test card')

type CaptureWorker = SpawnedWorker<CaptureCommand, CaptureReport>

const FPS = 30
const DARK = { brightness: 0, gamma: 1 }

function spawnCapture(fps = FPS): Promise<CaptureWorker> {
  return spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>('capture', {
    source_id: 'source_card',
    source_name: 'Test card',
    settings: { type: 'testcard', fps },
  })
}

async function setup(ledCount = 100, fps = FPS) {
  const worker = await spawnCapture(fps)
  const strip = await startDdpReceiver(ledCount)
  const plan = toTestPlan({ ddp_port: strip.port, led_count: ledCount })
  return { worker, strip, plan }
}

async function run(worker: CaptureWorker, plan: TargetPlan): Promise<void> {
  const running = worker.next('target-running')
  worker.send({ kind: 'run-target', plan })
  assert.is((await running).target_id, plan.target_id)
}

async function stopTarget(worker: CaptureWorker, plan: TargetPlan): Promise<void> {
  const stopped = worker.next('target-stopped')
  worker.send({ kind: 'stop-target', target_id: plan.target_id })
  assert.is((await stopped).target_id, plan.target_id)
}

async function end(worker: CaptureWorker, ...strips: readonly DdpReceiver[]): Promise<void> {
  await worker.stop()
  for (const strip of strips) {
    strip.close()
    assert.equal(strip.malformed, [])
  }
}

/** Which frame of the card these LEDs show, within its first half period, where no two are alike. */
function findFrameNumber(plan: TargetPlan, rgb: Buffer): number {
  for (let index = 0; index < 6 * FPS; index += 1) {
    if (toTestCardLeds(plan, toTestCardTimeMs(index, FPS)).equals(rgb)) return index
  }
  return -1
}

/** The sum of a target's figures from now until `isEnough`. */
async function sumStats(
  worker: CaptureWorker,
  targetId: string,
  isEnough: (sum: TargetStats) => boolean,
): Promise<TargetStats> {
  const from = worker.reports.length
  return worker.until(() => {
    const sum = { frames_in: 0, frames_out: 0, frames_dropped: 0, packets_out: 0, send_errors: 0 }
    for (const report of worker.reports.slice(from)) {
      if (report.kind !== 'target-stats') continue
      const stats = report.stats.find(({ target_id }) => target_id === targetId)
      if (!stats) continue
      sum.frames_in += stats.frames_in
      sum.frames_out += stats.frames_out
      sum.frames_dropped += stats.frames_dropped
      sum.packets_out += stats.packets_out
      sum.send_errors += stats.send_errors
    }
    const total = { target_id: targetId, ...sum }
    return isEnough(total) && total
  }, `figures of ${targetId}`)
}

capture('shows the test card on the strip, byte for byte', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, plan)
  const frames = await strip.next(20)
  const numbers = frames.map(({ rgb }) => findFrameNumber(plan, rgb))
  assert.not.ok(numbers.includes(-1), `frames of the card: ${numbers}`)
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
  await end(worker, strip)
})

capture('keeps the time of the card, however long frames take', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, plan)
  const frames = await strip.next(90)
  const [first, last] = [frames[0], frames.at(-1)]
  assert.ok(first && last)
  const shownMs = toTestCardTimeMs(findFrameNumber(plan, last.rgb) - findFrameNumber(plan, first.rgb), FPS)
  assert.ok(Math.abs(shownMs - (last.atMs - first.atMs)) < 500, `${shownMs} ms of the card`)
  await end(worker, strip)
})

capture('speaks DDP: RGB8 to display 1, sequence 1-15 per packet, PUSH on the last packet only', async () => {
  const { worker, strip, plan } = await setup(1_000)
  await run(worker, plan)
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
  await end(worker, strip)
})

capture('reports a target running before any frame has come', async () => {
  const worker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>(
    'capture',
    { source_id: 's', source_name: 'Screen', settings: { type: 'screen', display: null, fps: 30 } },
    { env: { PATH: process.env.PATH } },
  )
  const strip = await startDdpReceiver(10)
  await run(worker, toTestPlan({ ddp_port: strip.port, led_count: 10 }))
  await stopTarget(worker, toTestPlan({ ddp_port: strip.port, led_count: 10 }))
  assert.is(strip.frames.length, 0)
  await end(worker, strip)
})

capture('takes a new plan while it runs, without a dark frame or a gap in the sequence', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, plan)
  await strip.next(5)
  const half = { ...plan, processing: { brightness: 0.5, gamma: 1 } }
  await run(worker, half)
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
  await end(worker, strip)
})

capture('moves to another address while it runs; the old one hears nothing more', async () => {
  const { worker, strip, plan } = await setup()
  const other = await startDdpReceiver(100)
  await run(worker, plan)
  await strip.next(3)
  await run(worker, { ...plan, device: { ...plan.device, ddp_port: other.port } })
  await other.next(3)
  const framesSoFar = strip.frames.length
  // Two seconds: an old stream left open would repeat its last colours meanwhile.
  await other.next(60)
  assert.is(strip.frames.length, framesSoFar)
  await end(worker, strip, other)
})

capture('releases a WLED when it stops, never with live:true, and sends nothing more', async () => {
  const { worker, strip, plan } = await setup()
  const http = await startReleaseListener()
  const wled: TargetPlan = { ...plan, device: { ...plan.device, type: 'wled', http_port: http.port } }
  await run(worker, wled)
  await strip.next(3)
  assert.equal(http.requests, [])
  await stopTarget(worker, wled)
  assert.equal(http.requests, [{ method: 'POST', path: '/json/state', body: '{"live":false}' }])
  const framesSoFar = strip.frames.length
  // Another target on the same worker shows that time has passed and frames still come.
  const other = await startDdpReceiver(100)
  await run(worker, { ...plan, target_id: 'other', device: { ...plan.device, ddp_port: other.port } })
  await other.next(60)
  assert.is(strip.frames.length, framesSoFar)
  http.close()
  await end(worker, strip, other)
})

capture('starts again after a stop, in the order it was asked', async () => {
  const { worker, strip, plan } = await setup()
  const http = await startReleaseListener()
  const wled: TargetPlan = { ...plan, device: { ...plan.device, type: 'virtual', http_port: http.port } }
  const reports = worker.reports.length
  for (const kind of ['run', 'stop', 'run'] as const) {
    if (kind === 'run') worker.send({ kind: 'run-target', plan: wled })
    else worker.send({ kind: 'stop-target', target_id: wled.target_id })
  }
  await worker.until(
    () => worker.reports.filter(({ kind }) => kind === 'target-running').length === 2,
    'the second start',
  )
  const kinds = worker.reports.slice(reports).map(({ kind }) => kind)
  assert.equal(
    kinds.filter((kind) => kind.startsWith('target-') && kind !== 'target-stats'),
    ['target-running', 'target-stopped', 'target-running'],
  )
  await strip.next(3)
  http.close()
  await end(worker, strip)
})

capture('answers a stop of a target it does not have', async () => {
  const { worker, strip, plan } = await setup()
  await stopTarget(worker, plan)
  await end(worker, strip)
})

capture('stops in time although no controller answers its release', async () => {
  const { worker, strip, plan } = await setup()
  const mute = await startReleaseListener({ isMute: true })
  for (let i = 0; i < 20; i += 1) {
    const device = { ...plan.device, type: 'wled' as const, http_port: mute.port }
    await run(worker, { ...plan, target_id: `target_${i}`, device })
  }
  const startedMs = performance.now()
  await worker.stop()
  assert.ok(performance.now() - startedMs < 2_000)
  assert.is(mute.requests.length, 20)
  assert.is(worker.reports.filter(({ kind }) => kind === 'target-stopped').length, 20)
  mute.close()
  strip.close()
})

capture('counts refused packets and goes on with the others', async () => {
  const { worker, strip, plan } = await setup()
  const gone = await startDdpReceiver(100)
  const deadPlan = toTestPlan({ ddp_port: gone.port }, { target_id: 'dead' })
  gone.close()
  await run(worker, deadPlan)
  await run(worker, plan)
  await strip.next(20)
  const dead = await sumStats(worker, 'dead', ({ send_errors }) => send_errors > 0)
  assert.ok(dead.frames_out > 0)
  const live = await sumStats(worker, plan.target_id, ({ frames_out }) => frames_out > 10)
  assert.is(live.send_errors, 0)
  assert.is(live.packets_out, live.frames_out)
  await end(worker, strip)
})

capture('sends to a controller again as soon as it listens', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, plan)
  const { port } = strip
  await strip.next(3)
  strip.close()
  await sumStats(worker, plan.target_id, ({ send_errors }) => send_errors > 0)
  const back = await startDdpReceiver(100, port)
  await back.next(3)
  await end(worker, back)
})

capture('runs a target it cannot connect to, counts that, and keeps the others lit', async () => {
  const { worker, strip, plan } = await setup()
  // Linux refuses to connect to a broadcast address; nothing leaves this machine.
  const deadPlan = toTestPlan({ ddp_port: 4_048, address: '127.255.255.255' }, { target_id: 'dead' })
  await run(worker, deadPlan)
  await run(worker, plan)
  await strip.next(20)
  await sumStats(worker, 'dead', ({ send_errors, packets_out }) => send_errors > 5 && packets_out === 0)
  await end(worker, strip)
})

capture('sends at most 60 frames a second, the newest first, and counts the rest as dropped', async () => {
  const { worker, strip, plan } = await setup(100, 150)
  await run(worker, plan)
  const frames = await strip.next(90)
  const elapsedMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(elapsedMs > (89 * 1_000) / 60 - 150, `90 frames in ${elapsedMs} ms`)
  const sum = await sumStats(worker, plan.target_id, ({ frames_dropped }) => frames_dropped > 0)
  assert.ok(sum.frames_in > sum.frames_out)
  await end(worker, strip)
})

capture('leaves a long strip the time its wire takes: 30 µs per LED', async () => {
  const { worker, strip, plan } = await setup(2_000, 60)
  await run(worker, plan)
  const frames = await strip.next(30)
  const elapsedMs = (frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)
  assert.ok(elapsedMs > 29 * 60 - 150, `30 frames in ${elapsedMs} ms`)
  await end(worker, strip)
})

capture('repeats unchanged colours once a second and not more often', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, { ...plan, processing: DARK })
  const frames = await strip.next(4)
  for (let i = 1; i < frames.length; i += 1) {
    const gapMs = (frames[i]?.atMs ?? 0) - (frames[i - 1]?.atMs ?? 0)
    assert.ok(gapMs > 800, `${gapMs} ms between two equal frames`)
    // Well before WLED's realtime timeout of 2.5 s.
    assert.ok(gapMs < 2_400, `${gapMs} ms between two equal frames`)
  }
  await end(worker, strip)
})

capture('shows a watched target as it was sent, at most 15 times a second', async () => {
  const { worker, strip, plan } = await setup()
  const other = await startDdpReceiver(100)
  await run(worker, plan)
  await run(worker, { ...plan, target_id: 'other', device: { ...plan.device, ddp_port: other.port } })
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
  await run(worker, plan)
  const seen = previews().length
  await strip.next(10)
  assert.is(previews().length, seen)
  await end(worker, strip, other)
})

capture('shows a new watcher the colours at once, however still the picture', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, { ...plan, processing: DARK })
  await strip.next(1)
  worker.send({ kind: 'preview', target_ids: [plan.target_id] })
  const { rgb } = await worker.next('target-preview')
  assert.equal([...rgb], new Array(300).fill(0))
  await end(worker, strip)
})

capture('reports figures of every target once a second', async () => {
  const { worker, strip, plan } = await setup()
  await run(worker, plan)
  await worker.next('target-stats')
  const { stats } = await worker.next('target-stats')
  assert.is(stats.length, 1)
  const [figures] = stats
  assert.ok(figures && figures.frames_in > 5 && figures.frames_in < 90, JSON.stringify(figures))
  await end(worker, strip)
})

capture('tells the log when the source delivers and when it is closed', async () => {
  const { worker, strip } = await setup()
  await worker.draft('capture_started')
  await end(worker, strip)
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
  assert.match(started?.message ?? '', 'Source "Test card" delivers frames from the built-in test card')
  assert.equal(JSON.parse(started?.metadata ?? ''), { backend: 'testcard', fps: 30, width: 128, height: 72 })
  assert.match(stopped?.message ?? '', 'Source "Test card" was closed after')
  const states = worker.reports.flatMap((report) => (report.kind === 'source-state' ? [report.state] : []))
  assert.equal(states, ['starting', 'delivering'])
})

capture.run()
