import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CaptureCommand, CaptureOptions, CaptureReport } from '../../src/protocol/worker-messages.ts'
import { findChildren, isRunning } from '../support/child-processes.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { type SpawnedWorker, spawnWorker } from '../support/spawn-worker.ts'
import { toTestPlan } from '../support/target-plan.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const ffmpeg = suite('capture worker, when ffmpeg fails')

type CaptureWorker = SpawnedWorker<CaptureCommand, CaptureReport>

const FRAME_BYTES = 128 * 72 * 3

/** A capture worker for a screen, with an environment of its own. */
function spawnScreen(env: NodeJS.ProcessEnv, display: string | null = null): Promise<CaptureWorker> {
  return spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>(
    'capture',
    {
      source_id: 'source_screen',
      source_name: 'Desk screen',
      settings: { type: 'screen', display, region: null, backend: 'x11grab', fps: 30 },
    },
    { env },
  )
}

/** An environment in which `ffmpeg` is this shell script. `DISPLAY` names no X server. */
function withScript(lines: string): { readonly env: NodeJS.ProcessEnv; readonly folder: string } {
  const folder = tempDir()
  const file = join(folder, 'ffmpeg')
  writeFileSync(file, `#!/bin/sh\n${lines}\n`)
  chmodSync(file, 0o755)
  return { env: { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':4711', HERE: folder }, folder }
}

async function reasonOfFailure(
  worker: CaptureWorker,
  action: 'capture_failed' | 'capture_stalled' = 'capture_failed',
): Promise<string> {
  const { message, metadata } = await worker.draft(action, 20_000)
  const { reason, backend } = JSON.parse(metadata) as { reason: string; backend: string }
  assert.is(backend, 'x11grab')
  assert.is(message, `The source "Desk screen" delivers no pictures: ${reason}. LedGrab keeps trying.`)
  const state = await worker.until(
    () => worker.reports.find((report) => report.kind === 'source-state' && report.state === 'failed'),
    'the state failed',
  )
  assert.is(state.kind === 'source-state' && state.reason, reason)
  return reason
}

ffmpeg('says what to install when it is missing', async () => {
  const worker = await spawnScreen({ PATH: tempDir(), DISPLAY: ':4711' })
  assert.match(await reasonOfFailure(worker), 'ffmpeg was not found; install it')
  await worker.stop()
})

ffmpeg('says what is missing on Wayland without X11', async () => {
  const worker = await spawnScreen({ PATH: process.env.PATH, WAYLAND_DISPLAY: 'wayland-0' })
  assert.match(await reasonOfFailure(worker), 'this desktop is a Wayland session without an X11 display')
  await worker.stop()
})

ffmpeg('says that DISPLAY is not set', async () => {
  const worker = await spawnScreen({ PATH: process.env.PATH })
  assert.match(await reasonOfFailure(worker), 'there is no X11 display (DISPLAY is not set)')
  await worker.stop()
})

ffmpeg('repeats what it said last, made safe and short', async () => {
  const { env } = withScript(
    `i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done
printf '[x11grab @ 0x55d0c0ffee00] \\033[31mCannot open\\033[0m display\\n\\n' >&2; exit 7`,
  )
  const worker = await spawnScreen(env)
  assert.is(
    await reasonOfFailure(worker),
    'ffmpeg ended with code 7: line 2998; line 2999; [x11grab] Cannot open display',
  )
  await worker.stop()
})

ffmpeg('tells one failure and one recovery, however many tries lie between', async () => {
  // Fails twice, then delivers white frames.
  const { env, folder } = withScript(
    `cd "$HERE"
if [ -e second ]; then
  head -c ${FRAME_BYTES * 3} /dev/zero | tr '\\000' '\\377'
  exec sleep 60
fi
if [ -e first ]; then touch second; else touch first; fi
exit 3`,
  )
  const worker = await spawnScreen(env)
  const strip = await startDdpReceiver(20)
  worker.send({ kind: 'run-target', plan: toTestPlan({ ddp_port: strip.port, led_count: 20 }) })
  const recovered = await worker.draft('capture_recovered', 20_000)
  await strip.until(() => strip.latest?.rgb.every((value) => value === 255), 'white')
  assert.ok(existsSync(join(folder, 'second')))
  const { failed_tries, outage_ms, reason } = JSON.parse(recovered.metadata)
  assert.is(failed_tries, 2)
  // The waits between the three tries are 1 s and 2 s.
  assert.ok(outage_ms >= 2_900, `${outage_ms} ms`)
  assert.is(reason, 'ffmpeg ended with code 3')
  await worker.stop()
  assert.equal(
    worker.drafts.map(({ action }) => action),
    ['capture_failed', 'capture_recovered', 'capture_stopped'],
  )
  strip.close()
})

ffmpeg('tells of a camera that is not there, and of its return', async () => {
  const { env, folder } = withScript(
    `if [ ! -e "$HERE/plugged" ]; then echo 'Cannot open video device /dev/video7' >&2; exit 1; fi
head -c ${FRAME_BYTES * 3} /dev/zero | tr '\\000' '\\377'
exec sleep 60`,
  )
  const worker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>(
    'capture',
    {
      source_id: 'source_camera',
      source_name: 'Desk camera',
      settings: { type: 'camera', device: '/dev/video7', size: null, fps: 30 },
    },
    { env },
  )
  const failed = await worker.draft('capture_failed')
  const { reason, backend, device } = JSON.parse(failed.metadata)
  assert.is(reason, 'ffmpeg ended with code 1: Cannot open video device /dev/video7')
  assert.equal([backend, device], ['v4l2', '/dev/video7'])
  writeFileSync(join(folder, 'plugged'), '')
  const recovered = await worker.draft('capture_recovered', 20_000)
  assert.is(JSON.parse(recovered.metadata).reason, reason)
  await worker.stop()
})

ffmpeg(
  'holds the last colours for ten seconds of an outage, then leaves the strip to its controller',
  async () => {
    // Delivers white frames once and then fails for good.
    const { env } = withScript(
      `cd "$HERE"
if [ -e done ]; then exit 3; fi
touch done
head -c ${FRAME_BYTES * 3} /dev/zero | tr '\\000' '\\377'`,
    )
    const worker = await spawnScreen(env)
    const strip = await startDdpReceiver(20)
    worker.send({ kind: 'run-target', plan: toTestPlan({ ddp_port: strip.port, led_count: 20 }) })
    await strip.next(1)
    await worker.draft('capture_failed')
    const isQuiet = (): boolean => {
      const figures = worker.reports.filter((report) => report.kind === 'target-stats').slice(-3)
      return figures.length === 3 && figures.every(({ stats }) => stats[0]?.frames_out === 0)
    }
    await worker.until(isQuiet, 'three seconds without a frame', 30_000)

    const [first, last] = [strip.frames[0], strip.latest]
    const heldMs = (last?.atMs ?? 0) - (first?.atMs ?? 0)
    assert.ok(heldMs > 8_000 && heldMs < 12_500, `${heldMs} ms`)
    strip.frames.forEach(({ atMs, rgb }, i) => {
      assert.ok(rgb.every((value) => value === 255))
      const gapMs = atMs - (strip.frames[i - 1]?.atMs ?? atMs)
      assert.ok(gapMs < 2_400, `the strip heard nothing for ${gapMs} ms`)
    })
    await worker.stop()
    strip.close()
  },
)

ffmpeg('is ended and reported when it delivers nothing for five seconds', async () => {
  const { env } = withScript("trap '' TERM; exec sleep 60")
  const worker = await spawnScreen(env)
  const [pid = 0] = await waitFor(() => {
    const found = findChildren('sleep')
    return found.length > 0 && found
  }, 'the program')
  assert.is(await reasonOfFailure(worker, 'capture_stalled'), 'ffmpeg delivered no frame for 5 seconds')
  assert.not.ok(isRunning(pid))
  await worker.stop()
})

ffmpeg('cannot hold up the stop, even as a script whose child keeps the pipes open', async () => {
  const { env } = withScript("trap '' TERM\nsleep 20\n:")
  const worker = await spawnScreen(env)
  await waitFor(() => findChildren('ffmpeg').length > 0, 'the program')
  const startedMs = performance.now()
  await worker.stop()
  assert.ok(performance.now() - startedMs < 2_000)
  assert.equal(findChildren('ffmpeg'), [])
})

ffmpeg('delivers newest frames only: what the worker had no time for is counted, not queued', async () => {
  // Black frames as fast as the pipe takes them.
  const { env } = withScript('exec cat /dev/zero')
  const worker = await spawnScreen(env)
  const strip = await startDdpReceiver(20)
  const plan = toTestPlan({ ddp_port: strip.port, led_count: 20 })
  worker.send({ kind: 'run-target', plan })
  const report = await worker.until(
    () =>
      worker.reports.find(
        (candidate) => candidate.kind === 'target-stats' && (candidate.stats[0]?.frames_dropped ?? 0) > 0,
      ),
    'dropped frames',
  )
  const [figures] = report.kind === 'target-stats' ? report.stats : []
  assert.ok(figures && figures.frames_in > 100, JSON.stringify(figures))
  assert.ok(figures.frames_out <= 3, 'black stays black')
  await worker.stop()
  strip.close()
})

ffmpeg.run()
