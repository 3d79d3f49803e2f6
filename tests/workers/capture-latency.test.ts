import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceInput, SourceSettings } from '../../src/protocol/api-sources.ts'
import type { CaptureCommand, CaptureOptions, CaptureReport } from '../../src/protocol/worker-messages.ts'
import { endCapture, runTarget } from '../support/capture-worker.ts'
import { type DdpReceiver, type Rgb, startDdpReceiver } from '../support/ddp-receiver.ts'
import { makeFilm } from '../support/film.ts'
import { startLiveStream } from '../support/live-stream.ts'
import { testWith } from '../support/needs.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import { toTestPlan } from '../support/target-plan.ts'
import { tempDir } from '../support/temp-dir.ts'
import { XObserver } from '../support/x-observer.ts'
import { startXScreen } from '../support/x-screen.ts'
import { XWindow } from '../support/x-window.ts'

/**
 * When a change is shown, from outside: by the times of the packets. How fast that is, `npm run bench` measures; here a change
 * must come before the next one on a machine that is busy with other tests, and none may be left out.
 */
const latency = suite('capture worker, from a change to its packet')

const LEDS = 20
const FPS = 30

type Color = 'red' | 'blue' | 'other'

/** The LEDs took another colour. */
interface Change {
  readonly atMs: number
  readonly color: Color
}

type Input = SourceInput extends infer T ? (T extends { name: string } ? Omit<T, 'name'> : never) : never

async function start(settings: Input) {
  const worker = await spawnWorker<CaptureOptions, CaptureCommand, CaptureReport>('capture', {
    source_id: 'source_1',
    source_name: 'Film',
    settings: SourceSettings.parse(settings),
  })
  const strip = await startDdpReceiver(LEDS)
  await runTarget(worker, toTestPlan({ ddp_port: strip.port, led_count: LEDS }))
  return { strip, stop: () => endCapture(worker, strip) }
}

function toColor([red, , blue]: Rgb): Color {
  if (red > 200 && blue < 60) return 'red'
  return blue > 200 && red < 60 ? 'blue' : 'other'
}

/** Each time the first LED became red or blue. */
function findChanges(strip: DdpReceiver): readonly Change[] {
  const changes: Change[] = []
  for (const { atMs, rgb } of strip.frames) {
    const color = toColor([rgb[0] ?? 0, rgb[1] ?? 0, rgb[2] ?? 0])
    if (color !== 'other' && color !== changes.at(-1)?.color) changes.push({ atMs, color })
  }
  return changes
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

testWith(latency, ['Xvfb', 'ffmpeg'], 'of a window that changes its colour', async () => {
  const x = await startXScreen()
  const window = await XWindow.open(x.display, 640, 360)
  const { strip, stop } = await start({ type: 'screen', display: x.display, fps: FPS })
  const latenciesMs: number[] = []
  for (let i = 0; i < 12; i += 1) {
    const color = i % 2 === 0 ? 'blue' : 'red'
    await window.fill(color === 'red' ? 0xff_00_00 : 0x00_00_ff)
    const changedMs = performance.now()
    const change = await strip.until(() => findChanges(strip)[i], color, 30_000)
    assert.is(change.color, color)
    latenciesMs.push(change.atMs - changedMs)
  }
  // The first waits for ffmpeg to start.
  assert.ok(median(latenciesMs.slice(1)) < 250, `${latenciesMs}`)
  window.close()
  await stop()
  await x.stop()
})

testWith(latency, ['Xvfb', 'ffmpeg', 'ffplay'], 'of a film that a player shows on the screen', async () => {
  const file = join(tempDir(), 'film.mkv')
  makeFilm(file, { width: 640, height: 360, rate: '30', seconds: 20, colorFrames: 12 })
  const x = await startXScreen()
  const seen: Change[] = []
  const observer = await XObserver.open(x.display, 5, 300, ({ atMs, rgb }) => {
    const color = toColor([rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff])
    if (color !== 'other' && color !== seen.at(-1)?.color) seen.push({ atMs, color })
  })
  const { strip, stop } = await start({ type: 'screen', display: x.display, fps: FPS })
  await strip.next()
  x.play(file)
  await strip.until(() => findChanges(strip).length >= 12, 'the film', 30_000)
  const shown = findChanges(strip)
  const latenciesMs = shown.map(({ atMs, color }, i) => {
    assert.is(seen[i]?.color, color, `change ${i}`)
    return atMs - (seen[i]?.atMs ?? Number.NaN)
  })
  assert.ok(latenciesMs.every((latencyMs) => latencyMs > 0))
  assert.ok(median(latenciesMs) < 250, `${latenciesMs}`)
  observer.close()
  await stop()
  await x.stop()
})

testWith(latency, ['ffmpeg'], 'of the file of a film, by its own clock', async () => {
  const file = join(tempDir(), 'film.mkv')
  const colorFrames = 12
  makeFilm(file, { width: 640, height: 360, rate: '30', seconds: 6, colorFrames })
  const { strip, stop } = await start({ type: 'video', location: file, loop: false, fps: FPS })
  await strip.until(() => findChanges(strip).length >= 15, 'the film', 30_000)
  const changes = findChanges(strip)
  assert.equal(
    changes.map(({ color }) => color),
    Array.from({ length: 15 }, (_, i) => (i % 2 === 0 ? 'blue' : 'red')),
  )
  const offsetsMs = changes.map(({ atMs }, i) => atMs - (i * colorFrames * 1_000) / 30)
  const onTimeMs = median(offsetsMs)
  assert.ok(median(offsetsMs.map((offsetMs) => Math.abs(offsetMs - onTimeMs))) < 100, `${offsetsMs}`)
  await stop()
})

testWith(latency, ['ffmpeg'], 'of a stream that is sent as it happens', async () => {
  const stream = await startLiveStream()
  const { strip, stop } = await start({ type: 'video', location: stream.url, fps: FPS })
  const isShown = (grey: number): boolean =>
    strip.frames.length > 0 && strip.colors().every((color) => color.every((c) => Math.abs(c - grey) < 20))
  await strip.until(() => isShown(0), 'the stream', 30_000)
  const latenciesMs: number[] = []
  for (let i = 0; i < 9; i += 1) {
    const grey = i % 2 === 0 ? 235 : 40
    const changedMs = await stream.show(grey)
    await strip.until(() => isShown(grey), `${grey}`)
    latenciesMs.push((strip.latest?.atMs ?? Number.NaN) - changedMs)
  }
  assert.ok(median(latenciesMs) < 250, `${latenciesMs}`)
  await stop()
  await stream.stop()
})

latency.run()
