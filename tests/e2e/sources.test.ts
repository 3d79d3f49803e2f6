import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callOk, readLog, waitForEntries } from '../support/api.ts'
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

sources.run()
