import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isPrivateAddress, resolvePrivateAddress } from '../../../src/devices/address.ts'
import type { LedGrabError } from '../../../src/errors.ts'

const address = suite('address of a controller')

async function failureOf(name: string, answer: string): Promise<LedGrabError> {
  try {
    await resolvePrivateAddress(name, async () => answer)
  } catch (cause) {
    return cause as LedGrabError
  }
  throw new Error(`${name} was accepted`)
}

address('is private in the networks that are (RFC 1918, 3927, 4193, 4291)', () => {
  for (const one of [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.9.9',
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    'fd12::1',
    'fc00::',
    'fe80::1',
    'febf::1',
    '::ffff:192.168.1.1',
  ]) {
    assert.ok(isPrivateAddress(one), one)
  }
})

address('is not private beyond their bounds, in public networks, or when it is a name', () => {
  for (const one of [
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '169.253.255.255',
    '128.0.0.0',
    '0.0.0.0',
    '8.8.8.8',
    '100.64.0.1',
    '224.0.0.251',
    '239.255.0.1',
    '255.255.255.255',
    '::',
    '::2',
    'fbff::1',
    'fe00::1',
    'fec0::1',
    'ff02::1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    'localhost',
    '010.0.0.1',
    '',
  ]) {
    assert.not.ok(isPrivateAddress(one), one)
  }
})

address('of a name is the one that was checked', async () => {
  assert.is(await resolvePrivateAddress('wled.lan', async () => '192.168.1.5'), '192.168.1.5')
  assert.is(await resolvePrivateAddress('10.1.2.3'), '10.1.2.3', 'a literal is not looked up')
  assert.is(await resolvePrivateAddress('localhost'), '127.0.0.1')
})

address('of a name that leads to the internet is refused, and says where it leads', async () => {
  const { code, field, message } = await failureOf('wled.example', '93.184.216.34')
  assert.equal([code, field], ['LG_DEVICE_ADDRESS_PUBLIC', 'address'])
  assert.match(message, 'wled.example')
  assert.match(message, '93.184.216.34')
  assert.is((await failureOf('8.8.8.8', '127.0.0.1')).code, 'LG_DEVICE_ADDRESS_PUBLIC')
})

address('of a name nobody knows is refused', async () => {
  try {
    await resolvePrivateAddress('nobody.lan', async () => {
      throw new Error('getaddrinfo ENOTFOUND nobody.lan')
    })
    assert.unreachable()
  } catch (cause) {
    assert.is((cause as LedGrabError).code, 'LG_DEVICE_ADDRESS_UNRESOLVED')
    assert.is((cause as LedGrabError).field, 'address')
  }
})

address.run()
