import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { OPC_MAX_LEDS, OpcEncoder } from '../../../src/led/opc-encoder.ts'
import { hex, TWO_PIXELS } from '../../support/hex.ts'

const opc = suite('OPC encoder')

opc('encodes the golden vector of two pixels', () => {
  assert.equal(new OpcEncoder(TWO_PIXELS, 0).encode().map(hex), ['00000006ff0001008002'])
})

opc('names the channel', () => {
  assert.is(new OpcEncoder(TWO_PIXELS, 7).encode()[0]?.[0], 7)
})

opc('says the length of the most LEDs it can carry', () => {
  const [message] = new OpcEncoder(new Uint8Array(OPC_MAX_LEDS * 3), 0).encode()
  assert.is(message && hex(message.subarray(0, 4)), '0000ffff')
})

opc('reads the colours anew each time, into the same message', () => {
  const rgb = new Uint8Array(3)
  const encoder = new OpcEncoder(rgb, 0)
  const first = encoder.encode()
  rgb.set([1, 2, 3])
  assert.is(encoder.encode(), first)
  assert.is(first[0] && hex(first[0]), '00000003010203')
})

opc.run()
