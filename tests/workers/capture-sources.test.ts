import { execFileSync } from 'node:child_process'
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceInput, SourceSettings } from '../../src/protocol/api-sources.ts'
import type { CaptureCommand, CaptureOptions, CaptureReport } from '../../src/protocol/worker-messages.ts'
import { type CaptureWorker, endCapture, runTarget } from '../support/capture-worker.ts'
import { findChildren, isRunning } from '../support/child-processes.ts'
import { type DdpReceiver, type Rgb, startDdpReceiver } from '../support/ddp-receiver.ts'
import { testWith } from '../support/needs.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import { toTestPlan } from '../support/target-plan.ts'
import { tempDir } from '../support/temp-dir.ts'
import { startUdpSink } from '../support/udp-sink.ts'
import { waitFor } from '../support/wait-for.ts'
import { startXScreen } from '../support/x-screen.ts'

const sources = suite('capture worker, sources')

const LEDS = 20
const E131 = {
  kind: 'e131',
  universe: 7,
  channels_per_universe: 510,
  priority: 100,
  is_multicast: false,
  color_order: 'rgb',
} as const
/** The left half red, the right half blue. */
const RED_AND_BLUE = 'color=c=red:s=320x360:r=5[l];color=c=blue:s=320x360:r=5[r];[l][r]hstack[out0]'

type Input = SourceInput extends infer T ? (T extends { name: string } ? Omit<T, 'name'> : never) : never

async function start(
  settings: Input,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly worker: CaptureWorker; readonly strip: DdpReceiver }> {
  const worker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>(
    'capture',
    { source_id: 'source_1', source_name: 'Film', settings: SourceSettings.parse(settings) },
    { env },
  )
  const strip = await startDdpReceiver(LEDS)
  await runTarget(worker, toTestPlan({ ddp_port: strip.port, led_count: LEDS }))
  return { worker, strip }
}

function isRed([red, green, blue]: Rgb): boolean {
  return red > 230 && green < 25 && blue < 25
}

function isBlue([red, green, blue]: Rgb): boolean {
  return red < 25 && green < 25 && blue > 230
}

const showsRed = (strip: DdpReceiver): boolean => strip.frames.length > 0 && strip.colors().every(isRed)
const showsBlue = (strip: DdpReceiver): boolean => strip.frames.length > 0 && strip.colors().every(isBlue)

/** One second of red, one of blue, without loss. */
function makeVideo(folder: string): string {
  const file = join(folder, 'a film; $(id) -i.avi')
  const part = (color: string): string => `color=c=${color}:s=64x36:r=10:d=1,format=bgr24`
  const graph = `${part('red')}[a];${part('blue')}[b];[a][b]concat[out0]`
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error']
  execFileSync('ffmpeg', [...quiet, '-f', 'lavfi', '-i', graph, '-c:v', 'rawvideo', file])
  return file
}

const actionsOf = (worker: CaptureWorker): readonly string[] => worker.drafts.map(({ action }) => action)

testWith(sources, ['ffmpeg'], 'show a video at its own speed, again and again', async () => {
  const { worker, strip } = await start({ type: 'video', location: makeVideo(tempDir()), fps: 20 })
  await strip.until(() => showsRed(strip), 'red')
  await strip.until(() => showsBlue(strip), 'blue')
  const blueMs = performance.now()
  await strip.until(() => showsRed(strip), 'red again')
  await strip.until(() => showsBlue(strip), 'blue again')
  const roundMs = performance.now() - blueMs
  assert.ok(roundMs > 1_500 && roundMs < 5_000, `a round of 2 s took ${roundMs} ms`)
  const [pid = 0] = findChildren('ffmpeg')
  await endCapture(worker, strip)
  assert.not(isRunning(pid), 'ffmpeg is gone when the worker is')
  assert.equal(actionsOf(worker), ['capture_started', 'capture_stopped'])
})

testWith(sources, ['ffmpeg'], 'tell that a video has ended, and do not call it a failure', async () => {
  const location = makeVideo(tempDir())
  const { worker, strip } = await start({ type: 'video', location, loop: false, fps: 20 })
  const ended = await worker.draft('capture_ended')
  assert.match(ended.message, 'The source "Film" has come to its end.')
  assert.ok(showsBlue(strip))
  await endCapture(worker, strip)
  assert.equal(actionsOf(worker), ['capture_started', 'capture_ended', 'capture_stopped'])
})

testWith(
  sources,
  ['ffmpeg'],
  'leave no light on when a video has ended, and show it anew to the next',
  async () => {
    const location = makeVideo(tempDir())
    const { worker, strip } = await start({ type: 'video', location, loop: false, fps: 20 })
    const stage = await startUdpSink()
    const output = { ...E131, port: stage.port }
    const plan = toTestPlan(
      { id: 'device_stage', type: 'e131', led_count: LEDS, output },
      { target_id: 'stage' },
    )
    await runTarget(worker, plan)
    await worker.draft('capture_ended')
    const shown = (): string | undefined => stage.packets.at(-1)?.subarray(126, 129).toString('hex')
    await stage.until(() => shown() === '000000', 'the dark end', 20_000)
    await runTarget(worker, { ...plan, target_id: 'late' })
    await stage.until(() => shown() === 'ff0000' || shown() === 'fe0000', 'red again')
    stage.close()
    await endCapture(worker, strip)
  },
)

testWith(sources, ['ffmpeg'], 'show slides that stand for longer than a source may be silent', async () => {
  const file = join(tempDir(), 'slides.mp4')
  const graph = 'color=c=red:s=64x36:r=1/8:d=16'
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error']
  execFileSync('ffmpeg', [...quiet, '-f', 'lavfi', '-i', graph, '-pix_fmt', 'yuv420p', file])
  const { worker, strip } = await start({ type: 'video', location: file })
  await strip.until(() => showsRed(strip), 'red')
  await strip.next(6)
  await endCapture(worker, strip)
  assert.equal(actionsOf(worker), ['capture_started', 'capture_stopped'])
})

sources('go dark when test colours end and there is nothing to show', async () => {
  const { worker, strip } = await start({ type: 'screen', display: ':4242', fps: 20 })
  const stage = await startUdpSink()
  const output = { ...E131, port: stage.port }
  const plan = toTestPlan(
    { id: 'device_stage', type: 'e131', led_count: LEDS, output },
    { target_id: 'stage' },
  )
  await runTarget(worker, { ...plan, calibration: new Uint8Array(LEDS * 3).fill(9) })
  const shown = (): string | undefined => stage.packets.at(-1)?.subarray(126, 129).toString('hex')
  await stage.until(() => shown() === '090909', 'test colours')
  await runTarget(worker, plan)
  await stage.until(() => shown() === '000000', 'dark')
  stage.close()
  await endCapture(worker, strip)
})

testWith(sources, ['ffmpeg'], 'wait for a file that is not there yet', async () => {
  const folder = tempDir()
  const made = makeVideo(folder)
  const location = join(folder, 'later.avi')
  const { worker, strip } = await start({ type: 'video', location })
  assert.match((await worker.draft('capture_failed')).message, 'No such file or directory')
  renameSync(made, location)
  await strip.until(() => showsRed(strip), 'red')
  await worker.draft('capture_recovered')
  await endCapture(worker, strip)
})

testWith(sources, ['ffmpeg'], 'never tell the password of an address', async () => {
  for (const path of ['film.mkv', `${'long/'.repeat(80)}film.mkv`, `${'long/'.repeat(300)}film.mkv`]) {
    const { worker, strip } = await start({
      type: 'video',
      location: `http://ada:sesame@127.0.0.1:9/${path}?token=open`,
    })
    const { message, metadata } = await worker.draft('capture_failed')
    assert.match(message, 'Connection refused')
    assert.not.match(message + metadata, /ada|sesame|token/)
    assert.is(JSON.parse(metadata).location, `http://127.0.0.1:9/${path}`)
    await endCapture(worker, strip)
  }
})

testWith(sources, ['ffmpeg'], 'keep trying a camera that is not there', async () => {
  const { worker, strip } = await start({ type: 'camera', device: '/dev/video199' })
  const { message, metadata } = await worker.draft('capture_failed')
  assert.match(message, 'The source "Film" delivers no pictures')
  assert.match(JSON.parse(metadata).reason, '/dev/video199')
  await endCapture(worker, strip)
  assert.equal(actionsOf(worker), ['capture_failed', 'capture_stopped'])
})

testWith(sources, ['Xvfb', 'ffmpeg', 'ffplay'], 'show the part of a screen that was chosen', async () => {
  const x = await startXScreen()
  x.show(RED_AND_BLUE)
  const region = { left: 320, top: 100, width: 200, height: 100 }
  const { worker, strip } = await start({ type: 'screen', display: x.display, region, fps: 20 })
  await strip.until(() => showsBlue(strip), 'blue all around', 30_000)
  await endCapture(worker, strip)
  await x.stop()
})

const SCREENSHOT_NEEDS = ['Xvfb', 'ffmpeg', 'ffplay', 'node-screenshots']

testWith(
  sources,
  SCREENSHOT_NEEDS,
  'take screenshots where ffmpeg is missing or goes away, and say so',
  async () => {
    const x = await startXScreen()
    x.show(RED_AND_BLUE)
    // The library reads the environment of the process, and keeps to the first X server of its life.
    const { DISPLAY: usual } = process.env
    process.env.DISPLAY = x.display
    const folder = tempDir()
    const env = { PATH: folder, DISPLAY: x.display }
    const [left, right] = [10, 400].map((from) => ({ left: from, top: 0, width: 200, height: 350 }))

    const without = await start({ type: 'screen', region: left, fps: 20 }, env)
    await without.strip.until(() => showsRed(without.strip), 'red all around', 30_000)
    const started = await without.worker.draft('capture_started')
    assert.match(started.message, 'It takes screenshots, which is slower: the program ffmpeg was not found')
    assert.is(JSON.parse(started.metadata).backend, 'node-screenshots')

    const link = join(folder, 'ffmpeg')
    symlinkSync(execFileSync('which', ['ffmpeg'], { encoding: 'utf8' }).trim(), link)
    const { worker, strip } = await start({ type: 'screen', region: right, fps: 20 }, env)
    await strip.until(() => showsBlue(strip), 'blue all around', 30_000)
    unlinkSync(link)
    const [pid = 0] = findChildren('ffmpeg')
    process.kill(pid, 'SIGKILL')
    const { message, metadata } = await worker.draft('capture_backend_changed')
    assert.match(
      message,
      'is now captured by node-screenshots instead of x11grab: the program ffmpeg was not found',
    )
    const { from, to } = JSON.parse(metadata)
    assert.equal([from, to], ['x11grab', 'node-screenshots'])
    await worker.draft('capture_recovered')
    const { length } = strip.frames
    await strip.until(() => strip.frames.length > length && showsBlue(strip), 'blue again')
    await endCapture(worker, strip)

    await x.stop()
    const { message: failure } = await without.worker.draft('capture_failed')
    assert.match(failure, 'screenshots cannot be taken either')
    await endCapture(without.worker, without.strip)
    if (usual === undefined) delete process.env.DISPLAY
    else process.env.DISPLAY = usual
  },
)

for (const [what, settings] of [
  ['a colour', { type: 'color', color: '#FF0000' }],
  [
    'a gradient',
    {
      type: 'gradient',
      stops: [
        { at: 0, color: '#ff0000' },
        { at: 1, color: '#ff0000' },
      ],
    },
  ],
] as const) {
  sources(`show ${what} for as long as it is wanted, to whoever comes late`, async () => {
    const { worker, strip } = await start({
      ...settings,
      ...('stops' in settings && { stops: [...settings.stops] }),
    } as Input)
    await strip.until(() => showsRed(strip), 'red')
    const second = await startDdpReceiver(LEDS)
    const plan = toTestPlan({ ddp_port: second.port, led_count: LEDS })
    const cameMs = performance.now()
    await runTarget(worker, { ...plan, target_id: 'target_late' })
    await second.until(() => showsRed(second), 'red for the second')
    assert.ok(performance.now() - cameMs < 900, 'at once, not with the next frame')
    await strip.next(2)
    await endCapture(worker, strip, second)
  })
}

sources('show every effect', async () => {
  for (const effect of ['rainbow', 'breathe', 'fire', 'chase'] as const) {
    const { worker, strip } = await start({ type: 'effect', effect, speed: 5 })
    await waitFor(
      () => new Set(strip.frames.map(({ rgb }) => rgb.toString('hex'))).size > 10,
      `${effect} to move`,
    )
    await endCapture(worker, strip)
  }
})

sources.run()
