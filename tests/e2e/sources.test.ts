import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'

const sources = suite('sources that are shown')

sources('go on under a new name, and start anew for new settings only', async () => {
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
    await waitForEntries(url, 'capture_started', 2)

    const { entries } = await readLog(url, 'actions=capture_started,capture_stopped')
    // Had the new name started it anew, there would be five.
    assert.equal(entries.map(({ action, entity_name }) => `${entity_name}: ${action}`).reverse(), [
      'Morning: capture_started',
      'Evening: capture_stopped',
      'Evening: capture_started',
    ])
    strip.close()
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

/** What is stored of the only source there is. */
function readLocation(dataDir: string): unknown {
  const db = new Database(join(dataDir, 'ledgrab.db'), { readonly: true })
  const { settings } = db.prepare<[], { settings: string }>('select settings from sources').get() ?? {}
  db.close()
  return JSON.parse(settings ?? '{}').location
}

sources.run()
