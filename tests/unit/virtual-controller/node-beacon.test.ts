import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toNodeBeacon } from '../../../workers/virtual-controller/node-beacon.ts'

const beacon = suite('node beacon')

beacon('has the 44 bytes of WLED', () => {
  const bytes = toNodeBeacon('Desk', true)
  assert.is(bytes.length, 44)
  assert.is(bytes.toString('hex', 0, 6), 'ff017f000001')
  assert.is(bytes.toString('utf8', 6, 38), `Desk${'\0'.repeat(28)}`)
  assert.is(bytes[38], 0x80)
  assert.is(bytes[39], 1)
  assert.is(bytes.readUInt32LE(40), 2_412_100)
})

beacon('says that the light is off', () => {
  assert.is(toNodeBeacon('Desk', false)[38], 0)
})

beacon('cuts a long name after a whole character', () => {
  assert.is(toNodeBeacon('x'.repeat(99), true).toString('utf8', 6, 38), 'x'.repeat(32))
  assert.is(toNodeBeacon(`${'x'.repeat(31)}ü`, true).toString('utf8', 6, 38), `${'x'.repeat(31)}\0`)
})

beacon.run()
