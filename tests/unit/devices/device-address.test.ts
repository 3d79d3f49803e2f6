import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isMulticast, resolveDeviceAddress } from '../../../src/devices/device-address.ts'
import { LedGrabError } from '../../../src/errors.ts'
import { type DeviceType, readSettings } from '../../../src/protocol/device-settings.ts'

const deviceAddress = suite('addresses of devices')

async function resolve(type: DeviceType, address: string, universe = 1): Promise<string> {
  const settings = readSettings(type, type === 'e131' ? { universe } : {})
  try {
    return await resolveDeviceAddress({ type, address, settings })
  } catch (cause) {
    if (cause instanceof LedGrabError) return cause.code
    throw cause
  }
}

deviceAddress('are on a private network, or of E1.31 the group of the first universe', async () => {
  assert.is(await resolve('artnet', '10.0.0.7'), '10.0.0.7')
  assert.is(await resolve('e131', '10.0.0.7'), '10.0.0.7')
  assert.is(await resolve('e131', '239.255.0.3', 3), '239.255.0.3')
  assert.is(await resolve('e131', '239.255.1.0', 256), '239.255.1.0')
  assert.is(await resolve('e131', '239.255.0.3', 4), 'LG_REQUEST_INVALID')
})

deviceAddress('of other groups, and of other types in that group, are refused', async () => {
  for (const type of ['wled', 'virtual', 'ddp', 'artnet', 'opc'] as const) {
    assert.is(await resolve(type, '239.255.0.1'), 'LG_DEVICE_ADDRESS_PUBLIC', type)
    assert.is(isMulticast({ type, address: '239.255.0.1' }), false)
  }
  for (const address of ['224.0.0.251', '239.254.0.1', '255.255.255.255', '8.8.8.8', '239.255.1']) {
    assert.match(await resolve('e131', address), /^LG_DEVICE_ADDRESS_/, address)
  }
})

deviceAddress('are a port of this machine for Adalight, and nothing else', async () => {
  assert.is(
    await resolve('adalight', '/dev/serial/by-id/usb-1a86_USB2.0-Serial-if00-port0'),
    '/dev/serial/by-id/usb-1a86_USB2.0-Serial-if00-port0',
  )
  assert.is(await resolve('adalight', 'COM12'), 'COM12')
  for (const address of [
    '10.0.0.7',
    '/etc/passwd',
    '/dev/../etc/passwd',
    '/dev/',
    'dev/ttyUSB0',
    '/dev/a b',
  ]) {
    assert.is(await resolve('adalight', address), 'LG_REQUEST_INVALID', address)
  }
  assert.is(await resolve('ddp', '/dev/ttyUSB0'), 'LG_REQUEST_INVALID')
})

deviceAddress.run()
