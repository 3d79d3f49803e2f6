// shares the machine
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SourceWithCapture } from '../../src/protocol/api-sources.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { makeFilm } from '../support/film.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { testWith } from '../support/needs.ts'
import { runBuilt } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { startUdpSink } from '../support/udp-sink.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const sources = suite('sources that are shown')

sources('go on under a new name; a picture that is made here just changes', async () => {
  await withInProcess(async ({ url }) => {
    const strip = await startDdpReceiver(20)
    const device = await addDevice(url, { port: strip.port })
    const source = await addSource(url, { name: 'Morning', type: 'color', color: '#ff0000', fps: undefined })
    const target = await addTarget(url, device, source)
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)
    await strip.until(() => strip.colors()[0]?.[0] === 255, 'red')
    await waitForEntries(url, 'capture_started', 1)

    await callOk(url, 'PUT', `/api/v1/sources/${source.id}`, { name: 'Evening' })
    await callOk(url, 'PUT', `/api/v1/sources/${source.id}`, { color: '#0000ff' })
    await strip.until(() => strip.colors()[0]?.[2] === 255, 'blue')
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/stop`)
    await waitForEntries(url, 'capture_stopped', 1)

    const { entries } = await readLog(url, 'actions=capture_started,capture_stopped')
    assert.equal(entries.map(({ action, entity_name }) => `${entity_name}: ${action}`).reverse(), [
      'Morning: capture_started',
      'Evening: capture_stopped',
    ])
    strip.close()
  })
})

sources('change, and are changed for others, without a dark moment', async () => {
  await withInProcess(async ({ url }) => {
    const sink = await startUdpSink()
    const device = await addDevice(url, { type: 'e131', port: sink.port })
    const toColor = (color: string) => ({ name: color, type: 'color', color, fps: undefined })
    const red = await addSource(url, toColor('#ff0000'))
    const green = await addSource(url, toColor('#00ff00'))
    const target = await addTarget(url, device, red)
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)
    const shows = (rgb: string): boolean => sink.packets.at(-1)?.subarray(126, 129).toString('hex') === rgb
    await sink.until(() => shows('ff0000'), 'red')
    await callOk(url, 'PUT', `/api/v1/sources/${red.id}`, { color: '#0000ff' })
    await sink.until(() => shows('0000ff'), 'blue')
    await callOk(url, 'PUT', `/api/v1/targets/${target.id}`, { source_id: green.id })
    await sink.until(() => shows('00ff00'), 'green')
    await waitForEntries(url, 'entity_updated', 2)
    const { entries } = await readLog(url, 'actions=entity_updated')
    assert.is(entries[0]?.message, 'The target "Desk" was changed: source from "#ff0000" to "#00ff00".')
    assert.equal(entries[0]?.metadata.changes, { source_id: { from: red.id, to: green.id } })

    const { packets } = sink
    const [first = 0] = packets.map((packet) => packet[111] ?? 0)
    for (const [i, packet] of packets.entries()) {
      assert.is(packet[111], (first + i) % 256, 'one stream, in order')
      assert.is(packet[112], 0, 'that does not end')
      assert.ok(['ff0000', '0000ff', '00ff00'].includes(packet.subarray(126, 129).toString('hex')))
    }
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/stop`)
    sink.close()
  })
})

sources('do not tell the password of an address, and keep it', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    const location = 'rtsp://ada:sesame@127.0.0.1:9/live?key=open'
    const shown = 'rtsp://ada:***@127.0.0.1:9/live?key=***'
    const created = await addSource(url, { name: 'Door', type: 'video', location })
    const path = `/api/v1/sources/${created.id}`
    assert.is(Object(created).location, shown)
    assert.is((await callOk(url, 'GET', path)).location, shown)
    const { body: all } = await call(url, 'GET', '/api/v1/sources')
    assert.not.match(JSON.stringify(all), /sesame|open/)
    // As a form gives it back.
    assert.is((await callOk(url, 'PUT', path, { location: shown, fps: 25 })).location, shown)
    assert.is(readLocation(dataDir), location)

    const moved = { name: 'Gate', type: 'video', location: shown.replace('live', 'other') }
    const answers = [
      await call(url, 'PUT', path, { location: moved.location }),
      await call(url, 'POST', '/api/v1/sources', moved),
    ]
    for (const { status, body } of answers) {
      assert.is(status, 400)
      assert.equal(body, {
        code: 'LG_REQUEST_INVALID',
        message: 'location: *** stands for a secret that is not shown; give the whole address',
        field: 'location',
      })
    }
    await callOk(url, 'PUT', path, { location: location.replace('sesame', 'poppy') })
    assert.is(readLocation(dataDir), location.replace('sesame', 'poppy'))
  })
})

testWith(sources, ['ffmpeg'], 'say whether they give pictures, and why not', async () => {
  await withInProcess(async ({ url }) => {
    const strip = await startDdpReceiver(20)
    const device = await addDevice(url, { port: strip.port })
    const location = join(tempDir(), 'film.mp4')
    const source = await addSource(url, { name: 'Film', type: 'video', location, loop: false, fps: 30 })
    const target = await addTarget(url, device, source)
    const path = `/api/v1/sources/${source.id}`
    const readCapture = async () => ((await callOk(url, 'GET', path)) as unknown as SourceWithCapture).capture
    const closed = { state: 'closed', since: null, reason: null }
    assert.equal(await readCapture(), closed)
    const watcher = await watch(url)
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)
    const failed = await waitFor(async () => {
      const capture = await readCapture()
      return capture.state === 'failed' && capture
    }, 'the failure')
    assert.match(failed.reason ?? '', 'No such file')
    assert.ok(Math.abs(Date.parse(failed.since ?? '') - Date.now()) < 30_000)
    const metric = (value: 0 | 1) => `ledgrab_source_delivering{source="${source.id}"} ${value}`
    assert.match(await readMetrics(url), metric(0))
    const listed = await runBuilt(['sources', 'list', '--url', url])
    assert.match(
      listed.stdout,
      /^NAME +TYPE +CAPTURE +ID +REASON\nFilm +video +failed +src_\S+ +.*No such file/,
    )

    makeFilm(location, { width: 64, height: 36, rate: '30', seconds: 2, colorFrames: 30 })
    await strip.until(() => strip.colors()[0]?.[2] === 255, 'the film, by itself')
    assert.match(await readMetrics(url), metric(1))
    await waitFor(async () => (await readCapture()).state === 'ended', 'its end')
    await callOk(url, 'POST', `/api/v1/targets/${target.id}/stop`)
    assert.equal(await readCapture(), closed)
    assert.not.match(await readMetrics(url), 'ledgrab_source_delivering{')
    const told = watcher.events.filter(({ type }) => type === 'source_state_changed')
    assert.ok(told.every((event) => event.source_id === source.id))
    assert.equal(
      told.map(({ state }) => state),
      ['starting', 'failed', 'delivering', 'ended', 'closed'],
    )
    await watcher.close()
    strip.close()
  })
})

async function readMetrics(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text()
}

/** What is stored of the only source there is. */
function readLocation(dataDir: string): unknown {
  const db = new Database(join(dataDir, 'ledgrab.db'), { readonly: true })
  const { settings } = db.prepare<[], { settings: string }>('select settings from sources').get() ?? {}
  db.close()
  return JSON.parse(settings ?? '{}').location
}

sources.run()
