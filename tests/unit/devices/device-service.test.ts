import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeviceService } from '../../../src/devices/device-service.ts'
import { LedGrabError } from '../../../src/errors.ts'
import type { DeviceUpdate } from '../../../src/protocol/api-devices.ts'
import { openLedgrabStore } from '../../../src/storage/ledgrab-store.ts'
import { tempDir } from '../../support/temp-dir.ts'

const deviceService = suite('devices')

const OLD_MAC = '020000000001'
const NEW_MAC = '020000000002'

/** Devices on a network where `macs` says which controller answers at `address:port`. */
async function setup(macs: Readonly<Record<string, string>> = {}) {
  const store = await openLedgrabStore(join(tempDir(), 'ledgrab.db'))
  const changed: string[] = []
  const entries: object[] = []
  const devices = new DeviceService({
    store: store.devices,
    recorder: { record: (_category, action, { metadata }) => entries.push({ action, ...metadata }) },
    publish: () => {},
    askMac: async (address, port) => macs[`${address}:${port}`] ?? null,
    assertFits: async () => {},
    onChanged: (id) => changed.push(id),
  })
  return { devices, store, changed, entries, close: () => store.close() }
}

const WLED = { name: 'Desk', type: 'wled', address: '10.0.0.1', led_count: 10 } as const

deviceService('are known by the MAC of the controller that answers; it need not', async () => {
  const { devices, close } = await setup({ '10.0.0.1:80': OLD_MAC })
  assert.is((await devices.create(WLED)).mac, OLD_MAC)
  assert.is((await devices.create({ ...WLED, name: 'Silent', address: '10.0.0.9' })).mac, null)
  close()
})

deviceService(
  'take the MAC of the controller at their new address, or keep theirs if none answers',
  async () => {
    const { devices, entries, close } = await setup({ '10.0.0.1:80': OLD_MAC, '10.0.0.2:80': NEW_MAC })
    const { id } = await devices.create(WLED)
    assert.is((await devices.update(id, { address: '10.0.0.9' })).mac, OLD_MAC)
    assert.is((await devices.update(id, { address: '10.0.0.2' })).mac, NEW_MAC)
    assert.equal(entries.at(-1), {
      action: 'entity_updated',
      changes: { address: { from: '10.0.0.9', to: '10.0.0.2' }, mac: { from: OLD_MAC, to: NEW_MAC } },
    })
    await devices.follow(OLD_MAC, '10.0.0.1', 80, null)
    assert.is((await devices.get(id)).address, '10.0.0.2', 'the old controller does not take it back')
    close()
  },
)

deviceService('follow their controller to where it answers now', async () => {
  const { devices, changed, entries, close } = await setup({ '10.0.0.1:80': OLD_MAC })
  const { id } = await devices.create(WLED)
  await devices.follow(OLD_MAC, '10.0.0.7', 8_080, 4_049)
  const { address, port, realtime_port } = await devices.get(id)
  assert.equal([address, port, realtime_port], ['10.0.0.7', 8_080, 4_049])
  assert.equal(changed, [id, id])
  await devices.follow(OLD_MAC, '10.0.0.7', 8_080, 4_049)
  assert.is(changed.length, 2, 'nothing new is no change')
  assert.is(entries.length, 1, "the entry about it is discovery's")
  close()
})

deviceService('keep the name a person gave instead of an address', async () => {
  const { devices, close } = await setup()
  const { id } = await devices.create({ ...WLED, address: 'localhost', mac: OLD_MAC })
  await devices.follow(OLD_MAC, '10.0.0.7', 81, null)
  const { address, port } = await devices.get(id)
  assert.equal([address, port], ['localhost', 81])
  close()
})

deviceService('that only take DDP follow to its port, never to that of HTTP', async () => {
  const { devices, close } = await setup()
  const { id } = await devices.create({ ...WLED, type: 'ddp', mac: OLD_MAC })
  await devices.follow(OLD_MAC, '10.0.0.7', 80, null)
  assert.is((await devices.get(id)).port, 4_048)
  await devices.follow(OLD_MAC, '10.0.0.7', 80, 4_050)
  assert.is((await devices.get(id)).port, 4_050)
  close()
})

deviceService(
  'have settings of their type: some can be changed, and another type begins with its own',
  async () => {
    const { devices, entries, close } = await setup()
    const stage = { name: 'Stage', type: 'e131', address: '10.0.0.7', led_count: 200 } as const
    const { id, settings } = await devices.create({ ...stage, settings: { universe: 3 } })
    assert.is(settings.universe, 3)
    const changed = await devices.update(id, { settings: { priority: 150 } })
    assert.equal([changed.settings.universe, changed.settings.priority], [3, 150], 'the others stay')
    assert.is(entries.length, 2)
    await devices.update(id, { settings: { priority: 150 } })
    assert.is(entries.length, 2, 'nothing new is no change')

    const node = await devices.update(id, { type: 'artnet', settings: { sync: true } })
    assert.equal(
      [node.port, node.settings],
      [6_454, { universe: 0, channels_per_universe: 512, sync: true, color_order: 'rgb' }],
    )
    assert.equal((await devices.get(id)).settings, node.settings)
    close()
  },
)

deviceService('refuse settings, LEDs and ports that their type has not, by name', async () => {
  const { devices, close } = await setup()
  const { id } = await devices.create({ name: 'Stage', type: 'e131', address: '10.0.0.7', led_count: 200 })
  const serial = { name: 'Shelf', type: 'adalight', address: '/dev/ttyUSB0', led_count: 10 } as const
  const shelf = await devices.create(serial)
  assert.is(shelf.port, 0)
  const fieldOf = async (deviceId: string, update: DeviceUpdate): Promise<string | undefined> => {
    try {
      await devices.update(deviceId, update)
      return 'accepted'
    } catch (cause) {
      return cause instanceof LedGrabError ? cause.field : String(cause)
    }
  }
  assert.is(await fieldOf(id, { settings: { sync: true } }), 'settings.sync')
  assert.is(await fieldOf(id, { settings: { universe: 63_999 } }), 'settings.universe')
  assert.is(await fieldOf(id, { settings: { channels_per_universe: 4 } }), 'settings.channels_per_universe')
  assert.is(await fieldOf(id, { realtime_port: 4_048 }), 'realtime_port')
  assert.is(await fieldOf(id, { type: 'wled', led_count: 256, settings: { protocol: 'warls' } }), 'led_count')
  assert.is(await fieldOf(id, { type: 'adalight' }), 'address')
  assert.is(await fieldOf(shelf.id, { port: 80 }), 'port')
  close()
})

deviceService('of a file from before they had settings get the defaults', async () => {
  const { devices, store, close } = await setup()
  const { id } = await devices.create({ ...WLED, type: 'ddp' })
  await store.devices.update(id, { settings: '{}' })
  assert.equal((await devices.get(id)).settings, { color_order: 'rgb' })
  close()
})

deviceService.run()
