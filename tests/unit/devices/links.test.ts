import type { NetworkInterfaceInfo } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listLinks } from '../../../src/devices/links.ts'

const links = suite('networks of this machine')

function toInfo(address: string, netmask: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask, internal, family: 'IPv4', mac: '', cidr: null }
}

const INTERFACES = {
  lo: [toInfo('127.0.0.1', '255.0.0.0', true)],
  eth0: [
    toInfo('192.168.1.40', '255.255.255.0'),
    {
      address: 'fe80::1',
      netmask: 'ffff::',
      internal: false,
      family: 'IPv6',
      mac: '',
      cidr: null,
      scopeid: 2,
    } as const,
  ],
  wlan0: [toInfo('10.1.2.3', '255.255.252.0')],
}

links('are all but loopback, each with its directed broadcast address', () => {
  assert.equal(listLinks(null, INTERFACES), [
    { name: 'eth0', address: '192.168.1.40', broadcast: '192.168.1.255' },
    { name: 'wlan0', address: '10.1.2.3', broadcast: '10.1.3.255' },
  ])
})

links('are the one a person chose, by name or address; loopback has no broadcast', () => {
  assert.equal(
    listLinks('wlan0', INTERFACES).map(({ name }) => name),
    ['wlan0'],
  )
  assert.equal(listLinks('127.0.0.1', INTERFACES), [{ name: 'lo', address: '127.0.0.1', broadcast: null }])
  assert.equal(listLinks('eth7', INTERFACES), [])
})

links.run()
