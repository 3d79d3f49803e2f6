import type { NetworkInterfaceInfo } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listPlaces } from '../../../workers/discovery/interfaces.ts'

const interfaces = suite('interfaces to browse on')

function toInfo(cidr: string, internal = false): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/')
  const base = { address, netmask: '', mac: '00:00:00:00:00:00', internal, cidr }
  return address.includes(':') ? { ...base, family: 'IPv6', scopeid: 0 } : { ...base, family: 'IPv4' }
}

const MACHINE = {
  lo: [toInfo('127.0.0.1/8', true), toInfo('::1/128', true)],
  eth0: [toInfo('fe80::1/64'), toInfo('192.168.1.5/24'), toInfo('10.0.0.5/8')],
  wlan0: [toInfo('192.168.1.6/24')],
  tun0: [toInfo('fd00::1/64')],
}
const listNames = (wanted: string | null) =>
  listPlaces(wanted, MACHINE).map(({ name, address }) => `${name} ${address}`)

interfaces('are all with an IPv4 address, loopback excepted', () => {
  assert.equal(listNames(null), ['eth0 192.168.1.5', 'wlan0 192.168.1.6'])
})

interfaces('are the one that is named', () => {
  assert.equal(listNames('wlan0'), ['wlan0 192.168.1.6'])
  assert.equal(listNames('lo'), ['lo 127.0.0.1'])
})

interfaces('are the one with the address that is given', () => {
  assert.equal(listNames('10.0.0.5'), ['eth0 10.0.0.5'])
  assert.equal(listNames('127.0.0.1'), ['lo 127.0.0.1'])
})

interfaces('are none while what was asked for is not there', () => {
  assert.equal(listNames('eth1'), [])
  assert.equal(listNames('192.168.1.99'), [])
  assert.equal(listPlaces(null, {}), [])
  assert.equal(listPlaces(null, { eth0: undefined }), [])
})

interfaces('hear their own link only (RFC 6762 §11)', () => {
  const [lo] = listPlaces('127.0.0.1', MACHINE)
  const [eth0] = listPlaces('eth0', MACHINE)
  const hears = (place: typeof lo) =>
    ['127.0.0.2', '192.168.1.77', '10.9.9.9', '169.254.3.3', '172.16.0.1', '::1', ''].map((sender) =>
      place?.isOnLink(sender),
    )
  assert.equal(hears(lo), [true, false, false, false, false, false, false])
  assert.equal(hears(eth0), [false, true, true, true, false, false, false])
})

interfaces('change their key with any of their addresses', () => {
  const keyOf = (...cidrs: string[]) => listPlaces(null, { eth0: cidrs.map((cidr) => toInfo(cidr)) })[0]?.key
  const key = keyOf('192.168.1.5/24')
  assert.is(keyOf('192.168.1.5/24'), key)
  assert.is.not(keyOf('192.168.1.5/16'), key)
  assert.is.not(keyOf('192.168.1.5/24', '10.0.0.5/8'), key)
})

interfaces.run()
