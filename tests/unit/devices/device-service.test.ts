import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeviceService } from '../../../src/devices/device-service.ts'
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
  return { devices, changed, entries, close: () => store.close() }
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

deviceService.run()
