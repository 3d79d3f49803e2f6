import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { networkOf } from '../../../src/lib/network-of.ts'

const network = suite('networkOf')

network('is the first 64 bits of an IPv6 address, however it is written', () => {
  for (const [address, expected] of [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5::', '2001:db8:1:2::/64'],
  ] as const) {
    assert.is(networkOf(address), expected, address)
  }
})

network('is the address itself for IPv4, mapped or not, and for anything else', () => {
  for (const address of ['192.168.1.7', '::ffff:192.168.1.7', '', 'many addresses', ':::']) {
    assert.is(networkOf(address), address)
  }
})

network.run()
