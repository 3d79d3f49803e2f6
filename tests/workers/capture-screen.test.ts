import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type {
  CaptureCommand,
  CaptureOptions,
  CaptureReport,
  TargetPlan,
} from '../../src/protocol/worker-messages.ts'
import { findChildren, isRunning } from '../support/child-processes.ts'
import { type DdpReceiver, type Rgb, startDdpReceiver } from '../support/ddp-receiver.ts'
import { testWith } from '../support/needs.ts'
import { type SpawnedWorker, spawnWorker } from '../support/spawn-worker.ts'
import { toTestPlan } from '../support/target-plan.ts'
import { waitFor } from '../support/wait-for.ts'
import { startXScreen } from '../support/x-screen.ts'

const screen = suite('capture worker, screen')

const NEEDS = ['Xvfb', 'ffmpeg', 'ffplay']
const FPS = 20
/** The left half red, the right half blue. */
const RED_AND_BLUE = 'color=c=red:s=320x360:r=5[l];color=c=blue:s=320x360:r=5[r];[l][r]hstack[out0]'

function spawnScreen(display: string): Promise<SpawnedWorker<CaptureCommand, CaptureReport>> {
  return spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>('capture', {
    source_id: 'source_screen',
    source_name: 'Desk screen',
    settings: { type: 'screen', display, region: null, backend: 'auto', fps: FPS },
  })
}

async function setup() {
  const x = await startXScreen()
  x.show(RED_AND_BLUE)
  const worker = await spawnScreen(x.display)
  const strip = await startDdpReceiver(100)
  const plan = toTestPlan({ ddp_port: strip.port })
  worker.send({ kind: 'run-target', plan })
  return { x, worker, strip, plan }
}

// Video levels lose a little: ffplay's red arrives as 251, 0, 0.
function isRed([red, green, blue]: Rgb): boolean {
  return red > 230 && green < 20 && blue < 20
}

function isBlue([red, green, blue]: Rgb): boolean {
  return red < 20 && green < 20 && blue > 230
}

/** The newest colours of one edge's LEDs. */
function edgeColors(strip: DdpReceiver, plan: TargetPlan, edge: string): readonly Rgb[] {
  const segments = plan.layout.type === 'strip' ? plan.layout.segments : []
  const segment = segments.find((candidate) => candidate.edge === edge)
  const { led_start = 0, led_count = 0 } = segment ?? {}
  return strip.colors().slice(led_start, led_start + led_count)
}

function showsRedAndBlue(strip: DdpReceiver, plan: TargetPlan): boolean {
  const left = edgeColors(strip, plan, 'left')
  const right = edgeColors(strip, plan, 'right')
  return left.length > 0 && right.length > 0 && left.every(isRed) && right.every(isBlue)
}

testWith(screen, NEEDS, 'lights what a real X screen shows: red at the left, blue at the right', async () => {
  const { x, worker, strip, plan } = await setup()
  await strip.until(() => showsRedAndBlue(strip, plan), 'red and blue', 30_000)
  // Clockwise the top goes from left to right and the bottom from right to left. The LED in the middle
  // may see both halves.
  const isOrdered = (colors: readonly Rgb[]): boolean => {
    const half = Math.floor(colors.length / 2) - 1
    return colors.slice(0, half).every(isRed) && colors.slice(-half).every(isBlue)
  }
  assert.ok(isOrdered(edgeColors(strip, plan, 'top')), 'the top edge')
  assert.ok(isOrdered([...edgeColors(strip, plan, 'bottom')].reverse()), 'the bottom edge')

  const started = await worker.draft('capture_started')
  assert.match(started.message, `from the screen ${x.display}`)
  assert.equal(JSON.parse(started.metadata), {
    backend: 'x11grab',
    display: x.display,
    fps: FPS,
    width: 128,
    height: 72,
  })
  const [pid = 0] = findChildren('ffmpeg')
  assert.ok(isRunning(pid))
  await worker.stop()
  assert.not.ok(isRunning(pid), 'ffmpeg is gone when the worker is')
  assert.equal(
    worker.drafts.map(({ action }) => action),
    ['capture_started', 'capture_stopped'],
  )
  strip.close()
  await x.stop()
})

testWith(
  screen,
  NEEDS,
  'starts ffmpeg again when it dies, keeps the light on and tells both once',
  async () => {
    const { x, worker, strip, plan } = await setup()
    await strip.until(() => showsRedAndBlue(strip, plan), 'red and blue', 30_000)
    const [pid = 0] = findChildren('ffmpeg')
    process.kill(pid, 'SIGKILL')
    const failed = await worker.draft('capture_failed')
    assert.match(
      failed.message,
      'The source "Desk screen" delivers no pictures: ffmpeg ended by signal SIGKILL',
    )
    assert.is(JSON.parse(failed.metadata).reason, 'ffmpeg ended by signal SIGKILL')
    assert.equal(
      [failed.severity, failed.entityType, failed.entityId, failed.entityName],
      ['error', 'source', 'source_screen', 'Desk screen'],
    )
    const recovered = await worker.draft('capture_recovered', 30_000)
    const { outage_ms, failed_tries, reason } = JSON.parse(recovered.metadata)
    assert.ok(outage_ms >= 900 && outage_ms < 30_000, `${outage_ms} ms`)
    assert.equal([failed_tries, reason], [1, 'ffmpeg ended by signal SIGKILL'])
    assert.match(recovered.message, /delivers pictures again after \d+ seconds?\./)
    await strip.next(1)

    strip.frames.forEach(({ atMs }, i) => {
      const gapMs = atMs - (strip.frames[i - 1]?.atMs ?? atMs)
      assert.ok(gapMs < 2_400, `the strip heard nothing for ${gapMs} ms: WLED would have gone dark`)
    })
    const states = worker.reports.flatMap((report) => (report.kind === 'source-state' ? [report.state] : []))
    assert.equal(states, ['starting', 'delivering', 'failed', 'delivering'])
    await worker.stop()
    strip.close()
    await x.stop()
  },
)

testWith(screen, NEEDS, 'leaves no ffmpeg behind when the thread is terminated', async () => {
  const { x, worker, strip, plan } = await setup()
  await strip.until(() => showsRedAndBlue(strip, plan), 'red and blue', 30_000)
  const [pid = 0] = findChildren('ffmpeg')
  assert.ok(isRunning(pid))
  await worker.terminate()
  await waitFor(() => !isRunning(pid), 'the end of ffmpeg')
  strip.close()
  await x.stop()
})

testWith(screen, [...NEEDS, 'xrandr'], 'shows the whole screen again when its size has changed', async () => {
  const { x, worker, strip, plan } = await setup()
  await strip.until(() => showsRedAndBlue(strip, plan), 'red and blue', 30_000)
  x.resize(320, 360)
  assert.match((await worker.draft('capture_failed')).message, /delivers no pictures: /)
  await worker.draft('capture_recovered', 30_000)
  await strip.until(() => edgeColors(strip, plan, 'right').every(isRed), 'the left half alone', 30_000)
  const told = worker.drafts.length
  x.resize(640, 360)
  const [grown] = await waitFor(() => worker.drafts.length > told && worker.drafts.slice(told), 'the failure')
  assert.match(grown?.message ?? '', `the screen ${x.display} is now 640x360 pixels large`)
  await strip.until(() => showsRedAndBlue(strip, plan), 'both halves again', 30_000)
  await worker.stop()
  assert.equal(
    worker.drafts.map(({ action }) => action),
    [
      'capture_started',
      'capture_failed',
      'capture_recovered',
      'capture_failed',
      'capture_recovered',
      'capture_stopped',
    ],
  )
  strip.close()
  await x.stop()
})

testWith(screen, NEEDS, 'says once that the X server is gone', async () => {
  const { x, worker, strip, plan } = await setup()
  await strip.until(() => showsRedAndBlue(strip, plan), 'red and blue', 30_000)
  await x.stop()
  const failed = await worker.draft('capture_failed')
  assert.match(failed.message, `delivers no pictures: the X server of display ${x.display} has ended.`)
  strip.close()
  await worker.stop()
  assert.equal(
    worker.drafts.map(({ action }) => action),
    ['capture_started', 'capture_failed', 'capture_stopped'],
  )
})

screen.run()
