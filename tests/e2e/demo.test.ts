// shares the machine
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedPipeline } from '../../src/led/led-pipeline.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { PictureLight } from '../../src/led/picture-light.ts'
import { MARKER_PERIOD_MS, paintTestCard, toTestCardTimeMs } from '../../src/led/test-card.ts'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Source } from '../../src/protocol/api-sources.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { callOk, readLog, waitForEntries } from '../support/api.ts'
import { type ServerProcess, withServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const demo = suite('ledgrab serve --demo')

interface Shown {
  /** `RRGGBB` per LED. */
  readonly leds: readonly string[]
}

async function readEntities(url: string) {
  return {
    devices: (await callOk(url, 'GET', '/api/v1/devices')) as unknown as readonly Device[],
    sources: (await callOk(url, 'GET', '/api/v1/sources')) as unknown as readonly Source[],
    targets: (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[],
  }
}

/** Every picture the test card shows through a target, as the LEDs of `/json/live`. */
function paintAll(target: Target, device: Device, source: Source): ReadonlySet<string> {
  if (source.type !== 'testcard') throw new Error('the demo shows the test card')
  const picture = new PictureLight(SOURCE_SIZE)
  const pipeline = new LedPipeline({
    layout: target.layout,
    processing: target.processing,
    ledCount: device.led_count,
    picture,
  })
  const frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  const pictures = new Set<string>()
  for (let index = 0; toTestCardTimeMs(index, source.fps) < MARKER_PERIOD_MS; index += 1) {
    paintTestCard(frame, SOURCE_SIZE, toTestCardTimeMs(index, source.fps))
    picture.take(frame, 0)
    pipeline.take(0)
    pipeline.render(0)
    pictures.add(Buffer.from(pipeline.colors).toString('hex'))
  }
  return pictures
}

async function readShown(device: Device): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${device.port}/json/live`)
  const { leds } = (await response.json()) as Shown
  return leds.join('').toLowerCase()
}

async function assertShowsTestCard({ devices, sources, targets }: Awaited<ReturnType<typeof readEntities>>) {
  for (const target of targets) {
    const device = devices.find(({ id }) => id === target.device_id)
    const source = sources.find(({ id }) => id === target.source_id)
    if (!device || !source) throw new Error('a target without device or source')
    const pictures = paintAll(target, device, source)
    assert.ok(pictures.size > 10, 'the card moves')
    const first = await waitFor(async () => {
      const shown = await readShown(device)
      return pictures.has(shown) && shown
    }, `${device.name} to show the test card`)
    await waitFor(async () => {
      const shown = await readShown(device)
      return shown !== first && pictures.has(shown)
    }, `${device.name} to show the next picture`)
  }
}

async function assertStopsInOrder(server: ServerProcess, dataDir: string): Promise<void> {
  const startedMs = performance.now()
  assert.is(await server.end('SIGTERM'), 0, server.stderr())
  assert.ok(performance.now() - startedMs < 5_000, 'within 5 s')
  const file = new Database(join(dataDir, 'activity.db'), { readonly: true })
  const action = file
    .prepare("select count(*) from activity_log where action = 'server_shutting_down'")
    .pluck()
    .get()
  const openRuns = file.prepare('select count(*) from runs where ended_ts is null').pluck().get()
  file.close()
  assert.ok(Number(action) >= 1, 'the stop is in the file')
  assert.is(openRuns, 0, 'the run is marked as ended')
}

demo('finds two controllers, lights them, stops in order, and resumes', async () => {
  const dataDir = tempDir()
  const args = ['--demo', '--data-dir', dataDir]
  let before: Awaited<ReturnType<typeof readEntities>> | undefined
  await withServer(args, async (server) => {
    const { url } = server
    assert.is((await waitForEntries(url, 'target_started', 2)).length, 2)
    assert.is((await waitForEntries(url, 'server_started', 1)).length, 1)
    before = await readEntities(url)
    assert.is(before.targets.length, 2)
    // Another demo on this machine is found as well.
    const macs = before.devices.map(({ mac }) => mac)
    const isOurs = ({ mac }: { readonly mac?: unknown }): boolean => macs.includes(mac as string)
    await waitFor(
      async () =>
        (await readLog(url, 'actions=device_discovered')).entries.filter(({ metadata }) => isOurs(metadata))
          .length === 2,
      'both controllers to be found',
    )
    await assertShowsTestCard(before)
    const unknown = (await callOk(url, 'GET', '/api/v1/discovered')) as unknown as { mac: string }[]
    assert.equal(unknown.filter(isOurs), [], 'what was found is known')
    await assertStopsInOrder(server, dataDir)
  })
  await withServer(args, async (server) => {
    const after = await readEntities(server.url)
    assert.equal(
      after.devices.map(({ id, mac }) => [id, mac]),
      before?.devices.map(({ id, mac }) => [id, mac]),
      'the devices of before, by MAC',
    )
    assert.equal(
      after.targets.map(({ id }) => id),
      before?.targets.map(({ id }) => id),
    )
    await assertShowsTestCard(after)
    const crashes = await readLog(server.url, 'actions=unclean_shutdown_detected')
    assert.is(crashes.total, 0, 'an orderly stop is no crash')
    await assertStopsInOrder(server, dataDir)
  })
})

demo('shows a watcher the colours of a target it asks for', async () => {
  await withServer(['--demo'], async (server) => {
    const { targets } = await readEntities(server.url)
    const target = targets[0]
    if (!target) throw new Error('no target')
    const watcher = await watch(server.url, { subscribe: { previews: [target.id] } })
    const preview = await watcher.waitForType('target_preview')
    assert.is(preview.target_id, target.id)
    if (target.layout.type !== 'strip') throw new Error('the demo has strips')
    const leds = target.layout.segments.reduce((sum, { led_count }) => sum + led_count, 0)
    assert.is(Buffer.from(String(preview.rgb), 'base64').length, leds * 3)
    const stats = await watcher.waitForType('target_stats')
    assert.type(stats.frames_out, 'number')
    await watcher.close()
    assert.is(await server.end('SIGINT'), 0)
  })
})

demo.run()
