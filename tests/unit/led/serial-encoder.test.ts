import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SERIAL_FRAMINGS, SerialEncoder } from '../../../src/led/serial-encoder.ts'
import { hex, TWO_PIXELS } from '../../support/hex.ts'

const serial = suite('serial encoder')

serial('encodes the golden vectors of two pixels', () => {
  assert.equal(new SerialEncoder(TWO_PIXELS, 'adalight').encode().map(hex), ['416461000154ff0001008002'])
  assert.equal(new SerialEncoder(TWO_PIXELS, 'awa').encode().map(hex), ['417761000154ff0001008002830792'])
})

serial('counts one LED less than there are', () => {
  const header = (leds: number) => {
    const [frame] = new SerialEncoder(new Uint8Array(leds * 3), 'adalight').encode()
    return frame && hex(frame.subarray(3, 6))
  }
  assert.equal([1, 256, 257, 65_536].map(header), ['000055', '00ffaa', '010054', 'ffff55'])
})

serial('never ends an AWA frame with the letter a frame begins with', () => {
  // The third sum of one pixel is (r ^ 0) + (g ^ 1) + (b ^ 2): 0x41 with these.
  const [frame] = new SerialEncoder(Uint8Array.of(0x40, 0x01, 0x03), 'awa').encode()
  assert.is(frame && hex(frame.subarray(9)), '44c5aa')
})

serial('has the check sums a receiver computes over the colours', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 255 }), (leds, seed) => {
      const rgb = Uint8Array.from({ length: leds * 3 }, (_, i) => (i * seed + (i >> 8)) & 255)
      const [frame] = new SerialEncoder(rgb, 'awa').encode()
      assert.ok(frame)
      assert.is(hex(frame.subarray(6, 6 + rgb.length)), hex(rgb))
      assert.is(hex(frame.subarray(6 + rgb.length)), hex(toAwaSums(rgb)))
    }),
  )
})

/** The sums from their definition, with big numbers and one remainder each at the end. */
function toAwaSums(rgb: Uint8Array): Uint8Array {
  let first = 0n
  let second = 0n
  let extended = 0n
  rgb.forEach((byte, index) => {
    first += BigInt(byte)
    second += first
    extended += BigInt(byte ^ (index % 256))
  })
  const last = Number(extended % 255n)
  return Uint8Array.of(Number(first % 255n), Number(second % 255n), last === 0x41 ? 0xaa : last)
}

serial('reads the colours anew each time, into the same frame', () => {
  for (const framing of SERIAL_FRAMINGS) {
    const rgb = new Uint8Array(3)
    const encoder = new SerialEncoder(rgb, framing)
    const first = encoder.encode()
    rgb.set([1, 2, 3])
    assert.is(encoder.encode(), first)
    assert.is(first[0] && hex(first[0].subarray(6, 9)), '010203')
  }
})

serial.run()
