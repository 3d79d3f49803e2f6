import { createSocket } from 'node:dgram'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callOk, waitForEntries } from '../support/api.ts'
import { withServer } from '../support/server-process.ts'
import { waitFor } from '../support/wait-for.ts'

const health = suite('device health')

interface DeviceAnswer {
  readonly id: string
  readonly port: number
  readonly name: string
  readonly health: { readonly state: string }
}

async function listDevices(url: string): Promise<readonly DeviceAnswer[]> {
  return (await callOk(url, 'GET', '/api/v1/devices')) as unknown as readonly DeviceAnswer[]
}

health('tells an outage, its end and who else drives a controller, each once', async () => {
  await withServer(['--demo'], async ({ url }) => {
    const [tv, desk] = await waitFor(async () => {
      const devices = await listDevices(url)
      return devices.every((device) => device.health.state === 'online') && devices
    }, 'both controllers to be online')
    if (!tv || !desk) throw new Error('the demo has two devices')

    await fetch(`http://127.0.0.1:${tv.port}/virtual/unplug`, { method: 'POST' })
    const [offline] = await waitForEntries(url, 'device_offline', 1)
    assert.is(offline?.entity_id, tv.id)
    assert.is((await listDevices(url))[0]?.health.state, 'offline')
    await fetch(`http://127.0.0.1:${tv.port}/virtual/plug`, { method: 'POST' })
    const [online] = await waitForEntries(url, 'device_online', 1)
    assert.is(online?.entity_id, tv.id)
    assert.type(online?.metadata.outage_seconds, 'number')
    assert.is((await waitForEntries(url, 'device_offline', 1)).length, 1, 'once')

    // Somebody streams WARLS to the desk, of which the info page tells the port.
    const targets = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly {
      readonly id: string
      readonly device_id: string
    }[]
    const target = targets.find(({ device_id }) => device_id === desk.id)
    await callOk(url, 'POST', `/api/v1/targets/${target?.id}/stop`)
    const info = (await (await fetch(`http://127.0.0.1:${desk.port}/json/info`)).json()) as {
      udpport: number
    }
    const socket = createSocket('udp4')
    const intruder = setInterval(
      () => socket.send(Buffer.from([2, 2, 255, 0, 1]), info.udpport, '127.0.0.1'),
      200,
    )
    const [taken] = await waitForEntries(url, 'device_taken_over', 1)
    clearInterval(intruder)
    socket.close()
    assert.is(taken?.entity_id, desk.id)
    assert.is(taken?.metadata.address, '127.0.0.1')
    const [released] = await waitForEntries(url, 'device_released', 1)
    assert.is(released?.entity_id, desk.id)
  })
})

health.run()
