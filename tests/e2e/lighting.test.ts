import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Source } from '../../src/protocol/api-sources.ts'
import type { Target, TargetStats } from '../../src/protocol/api-targets.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { type DdpReceiver, startDdpReceiver } from '../support/ddp-receiver.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { type InProcessServer, startInProcess, withInProcess } from '../support/in-process-server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const lighting = suite('lighting through the API')

const LEDS = 20

interface Light {
  readonly strip: DdpReceiver
  readonly device: Device
  readonly source: Source
  readonly target: Target
}

/** A strip on loopback, lit by a test card once its target is started. */
async function addLight(url: string): Promise<Light> {
  const strip = await startDdpReceiver(LEDS)
  const device = await addDevice(url, { port: strip.port, led_count: LEDS })
  const source = await addSource(url)
  return { strip, device, source, target: await addTarget(url, device, source) }
}

async function start(url: string, target: Target): Promise<void> {
  assert.is((await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)).state, 'running')
}

async function stop(url: string, target: Target): Promise<void> {
  assert.is((await callOk(url, 'POST', `/api/v1/targets/${target.id}/stop`)).state, 'stopped')
}

function brightest({ rgb }: { readonly rgb: Buffer }): number {
  return Math.max(...rgb)
}

/** Resolves once every frame of the last 300 ms came to the one strip and none to the other. */
async function waitUntilSilent(strip: DdpReceiver): Promise<void> {
  await waitFor(() => performance.now() - (strip.latest?.atMs ?? 0) > 300, 'no more frames')
}

lighting('begins, changes while it runs, and ends', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, target } = await addLight(url)
    await start(url, target)
    const [frame] = await strip.next(1)
    assert.ok(frame && brightest(frame) > 200, 'the colours of the test card')
    const again = await call(url, 'POST', `/api/v1/targets/${target.id}/start`)
    assert.equal([again.status, again.body.code], [409, 'LG_ENTITY_WRONG_STATE'])
    await waitForEntries(url, 'capture_started', 1)

    await callOk(url, 'PUT', `/api/v1/targets/${target.id}`, { processing: { brightness: 0.1 } })
    await strip.until(() => strip.latest && brightest(strip.latest) <= 26, 'dimmed colours')

    await stop(url, target)
    await waitUntilSilent(strip)
    const count = strip.frames.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.is(strip.frames.length, count, 'nothing comes any more')
    assert.is((await call(url, 'POST', `/api/v1/targets/${target.id}/stop`)).status, 409)
    assert.equal(strip.malformed, [])
    strip.close()

    const { entries } = await readLog(url, 'categories=capture')
    assert.equal(
      entries.map(({ action }) => action).filter((action) => !action.startsWith('target')),
      ['capture_stopped', 'capture_started'],
      'one capture, never restarted',
    )
    const started = entries.find(({ action }) => action === 'target_started')
    assert.equal(
      [started?.actor, started?.entity_name, started?.metadata.device_name, started?.metadata.resumed],
      ['anonymous', 'Desk', 'Desk strip', false],
    )
    assert.is(entries.filter(({ action }) => action === 'target_started').length, 1)
    assert.is(entries.filter(({ action }) => action === 'target_stopped').length, 1)
  })
})

lighting('follows its device to another address, and its source to other settings', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, device, source, target } = await addLight(url)
    const other = await startDdpReceiver(LEDS)
    await start(url, target)
    await strip.next(2)
    await callOk(url, 'PUT', `/api/v1/devices/${device.id}`, { port: other.port })
    await other.next(2)
    await waitUntilSilent(strip)
    strip.close()

    await callOk(url, 'PUT', `/api/v1/sources/${source.id}`, { fps: 10 })
    await other.next(3)
    const listed = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as Target[]
    assert.equal(
      listed.map(({ state }) => state),
      ['running'],
    )

    const second = await addSource(url, { name: 'Second card', fps: 20 })
    await callOk(url, 'PUT', `/api/v1/targets/${target.id}`, { source_id: second.id })
    const [newest] = await waitForEntries(url, 'capture_started', 2)
    assert.is(newest?.entity_name, 'Second card')
    await other.next(3)
    await callOk(url, 'DELETE', `/api/v1/sources/${source.id}`)

    await callOk(url, 'DELETE', `/api/v1/targets/${target.id}`)
    await waitUntilSilent(other)
    other.close()
    const last = (await readLog(url, 'entity_type=target')).entries.map(({ action }) => action)
    assert.equal(last.slice(0, 2), ['entity_deleted', 'target_stopped'])
  })
})

lighting('resumes what ran when the server ended, and only that', async () => {
  const dataDir = tempDir()
  const first = await startInProcess({ dataDir })
  const { strip, device, source, target } = await addLight(first.url)
  const idle = await addTarget(first.url, device, source, { name: 'Idle' })
  await start(first.url, idle)
  await stop(first.url, idle)
  await start(first.url, target)
  await strip.next(1)
  await first.stop()
  await waitUntilSilent(strip)

  const second = await startInProcess({ dataDir })
  await strip.next(2)
  const states = (await callOk(second.url, 'GET', '/api/v1/targets')) as unknown as Target[]
  assert.equal(
    states.map(({ name, state }) => [name, state]),
    [
      ['Desk', 'running'],
      ['Idle', 'stopped'],
    ],
  )
  const [entry] = (await readLog(second.url, 'actions=target_started')).entries
  assert.equal([entry?.actor, entry?.metadata.resumed], ['system', true])
  await second.stop()
  strip.close()
})

lighting('does not wait for a controller that is not there', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, source, target } = await addLight(url)
    // Nobody listens on this port; the packets come back as refused.
    const gone = await startDdpReceiver(LEDS)
    const { port } = gone
    gone.close()
    const dead = await addDevice(url, { name: 'Dead', port, led_count: LEDS })
    const deadTarget = await addTarget(url, dead, source, { name: 'Dead end' })
    await start(url, deadTarget)
    await start(url, target)
    const frames = await strip.next(30)
    const gaps = frames.slice(1).map(({ atMs }, index) => atMs - (frames[index]?.atMs ?? 0))
    assert.ok(Math.max(...gaps) < 1_000, 'a steady stream')
    await stop(url, deadTarget)
    await strip.next(2)

    const revived = await startDdpReceiver(LEDS, port)
    await start(url, deadTarget)
    await revived.next(2)
    revived.close()
    strip.close()
  })
})

lighting('tries for ever to resume a target whose address cannot be found, and stops when told', async () => {
  const dataDir = tempDir()
  const first: InProcessServer = await startInProcess({ dataDir })
  const { strip, device, target } = await addLight(first.url)
  await callOk(first.url, 'PUT', `/api/v1/devices/${device.id}`, { address: 'localhost' })
  await start(first.url, target)
  await strip.next(1)
  await first.stop()
  spoilAddress(dataDir)

  const second = await startInProcess({ dataDir })
  const state = async (): Promise<unknown> =>
    (await callOk(second.url, 'GET', `/api/v1/targets/${target.id}`)).state
  assert.is(await state(), 'starting')
  await waitForEntries(second.url, 'target_failed', 1)
  // The device is mended: no need to wait for the next try.
  await callOk(second.url, 'PUT', `/api/v1/devices/${device.id}`, { address: '127.0.0.1' })
  await strip.next(2)
  await waitFor(async () => (await state()) === 'running', 'the target to run')
  await stop(second.url, target)
  await second.stop()
  strip.close()
})

/** An address that was private when it was typed in, and is not any more. */
function spoilAddress(dataDir: string): void {
  const file = new Database(join(dataDir, 'ledgrab.db'))
  file.prepare("update devices set address = '134744072'").run()
  file.close()
}

lighting('tells watchers the state, the figures and the colours of a target', async () => {
  await withInProcess(async ({ url }) => {
    const { strip, target } = await addLight(url)
    const watcher = await watch(url, { subscribe: { previews: [target.id] } })
    await start(url, target)
    const state = await watcher.waitForType('target_state_changed')
    assert.equal([state.target_id, state.state], [target.id, 'running'])
    const preview = await watcher.waitForType('target_preview')
    assert.is(Buffer.from(String(preview.rgb), 'base64').length, LEDS * 3)
    const stats = await watcher.waitForType('target_stats')
    assert.ok(Number(stats.frames_out) > 0)
    await waitFor(async () => {
      const { stats: told } = await callOk(url, 'GET', `/api/v1/targets/${target.id}/stats`)
      const { frame_age_ms, frame_age_max_ms, processing_us, ...counts } = told as TargetStats
      const isTimed = Number(frame_age_ms) > 0 && Number(frame_age_max_ms) >= Number(frame_age_ms)
      return isTimed && Number(frame_age_max_ms) < 1_000 && Number(processing_us) > 0 && counts.frames_in > 0
    }, 'figures of a whole second')
    const metrics = await (await fetch(`${url}/metrics`)).text()
    for (const name of [
      'frames_in_total',
      'frames_out_total',
      'packets_out_total',
      'frame_age_seconds',
      'processing_seconds',
    ]) {
      const value = new RegExp(`^ledgrab_target_${name}\\{target="${target.id}"\\} (\\S+)$`, 'm').exec(
        metrics,
      )?.[1]
      assert.ok(Number(value) > 0, name)
    }
    watcher.say({ type: 'subscribe' })
    await stop(url, target)
    await waitFor(() => watcher.events.some((event) => event.state === 'stopped'), 'the end')
    const none = async (): Promise<boolean> =>
      (await callOk(url, 'GET', `/api/v1/targets/${target.id}/stats`)).stats === null
    await waitFor(none, 'no figures of a target that does not run')
    await watcher.close()
    strip.close()
  })
})

lighting.run()
