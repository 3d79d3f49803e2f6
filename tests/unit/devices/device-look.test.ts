import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArtnetPoller } from '../../../src/devices/artnet-poller.ts'
import { canAnswer, type LookResult, lookAt } from '../../../src/devices/device-look.ts'
import type { Device } from '../../../src/protocol/api-devices.ts'
import { DEVICE_TYPES, readSettings } from '../../../src/protocol/device-settings.ts'
import { startArtnetNode } from '../../support/artnet-node.ts'
import { startOpcServer } from '../../support/opc-server.ts'

const deviceLook = suite('looks at devices')

function toDevice({ type, address = '127.0.0.1', port = 0 }: Partial<Device> & Pick<Device, 'type'>): Device {
  return {
    id: 'dev_1',
    name: 'Stage',
    type,
    address,
    port,
    realtime_port: null,
    led_count: 10,
    settings: readSettings(type, {}),
    mac: null,
    created_at: '',
  }
}

const noProbe = () => Promise.resolve({ ok: false as const, reason: 'no WLED here' })

async function look(
  device: Device,
  artnet = new ArtnetPoller({ port: 0, warn: () => {} }),
): Promise<LookResult> {
  try {
    return await lookAt(device, { probe: noProbe, artnet })
  } finally {
    await artnet.stop()
  }
}

deviceLook('ask everything but DDP and E1.31, whose receivers never answer', async () => {
  assert.equal(
    DEVICE_TYPES.filter((type) => !canAnswer(type)),
    ['ddp', 'e131'],
  )
  assert.is((await look(toDevice({ type: 'ddp', port: 4_048 }))).kind, 'unable')
})

deviceLook('find an Art-Net node by its answer to ArtPoll, and tell its silence', async () => {
  const node = await startArtnetNode()
  const device = toDevice({ type: 'artnet', port: node.port })
  assert.equal(await look(device), { kind: 'answer', info: null })
  node.isSilent = true
  assert.equal(await look(device), { kind: 'silence', reason: 'no answer to ArtPoll within 1400 ms' })
  node.close()
})

deviceLook('say nothing of an Art-Net node when this machine cannot ask', async () => {
  const artnet = { ask: () => Promise.reject(new Error('port in use')), stop: async () => {} }
  const result = await lookAt(toDevice({ type: 'artnet', port: 6_454 }), { probe: noProbe, artnet })
  assert.equal(result, { kind: 'unable', reason: 'port in use' })
})

deviceLook('find an OPC server by its open port', async () => {
  const server = await startOpcServer()
  const device = toDevice({ type: 'opc', port: server.port })
  assert.equal(await look(device), { kind: 'answer', info: null })
  await server.close()
  assert.equal(await look(device), { kind: 'silence', reason: 'connection refused' })
})

deviceLook('tell by the probe how a WLED is', async () => {
  assert.equal(await look(toDevice({ type: 'wled', port: 80 })), { kind: 'silence', reason: 'no WLED here' })
})

deviceLook('find a serial port without opening it', async () => {
  const missing = toDevice({ type: 'adalight', address: '/dev/ledgrab-no-such-port' })
  assert.equal(await look(missing), { kind: 'silence', reason: 'the port is not there' })
  assert.equal(await look(toDevice({ type: 'adalight', address: '/dev/null' })), {
    kind: 'answer',
    info: null,
  })
  assert.is((await look(toDevice({ type: 'adalight', address: 'COM3' }))).kind, 'unable')
})

deviceLook('tell of an address that is not allowed, and do not go there', async () => {
  const result = await look(toDevice({ type: 'opc', address: '8.8.8.8', port: 7_890 }))
  assert.is(result.kind, 'silence')
})

deviceLook.run()
