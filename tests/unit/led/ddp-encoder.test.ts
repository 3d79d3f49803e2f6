import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DdpEncoder } from '../../../src/led/ddp-encoder.ts'
import { hex } from '../../support/hex.ts'

const ddp = suite('DDP encoder')

ddp('encodes the golden vector of two pixels', () => {
  const encoder = new DdpEncoder(Uint8Array.from([0xff, 0x00, 0x01, 0x00, 0x80, 0x02]))
  assert.equal(encoder.encode().map(hex), ['41010b01000000000006ff0001008002'])
})

ddp('encodes the golden header of the last packet of 600 pixels', () => {
  const packets = new DdpEncoder(new Uint8Array(600 * 3)).encode()
  assert.equal(
    packets.map((packet) => hex(packet.subarray(0, 10))),
    ['40010b010000000005a0', '41020b01000005a00168'],
  )
  assert.equal(
    packets.map((packet) => packet.length),
    [1_450, 370],
  )
})

ddp('splits after 480 LEDs and pushes with the last packet only', () => {
  const shapes = [1, 479, 480, 481, 960, 961, 2_000].map((leds) =>
    new DdpEncoder(new Uint8Array(leds * 3)).encode().map((packet) => [packet[0], packet.length - 10]),
  )
  assert.equal(shapes, [
    [[0x41, 3]],
    [[0x41, 1_437]],
    [[0x41, 1_440]],
    [
      [0x40, 1_440],
      [0x41, 3],
    ],
    [
      [0x40, 1_440],
      [0x41, 1_440],
    ],
    [
      [0x40, 1_440],
      [0x40, 1_440],
      [0x41, 3],
    ],
    [
      [0x40, 1_440],
      [0x40, 1_440],
      [0x40, 1_440],
      [0x40, 1_440],
      [0x41, 240],
    ],
  ])
})

ddp('carries every byte once, at its offset', () => {
  const rgb = Uint8Array.from({ length: 2_000 * 3 }, (_, i) => (i * 31 + (i >> 8)) & 255)
  const received = new Uint8Array(rgb.length)
  for (const packet of new DdpEncoder(rgb).encode()) {
    const offset = Buffer.from(packet).readUInt32BE(4)
    assert.is(offset % 3, 0)
    received.set(packet.subarray(10), offset)
  }
  assert.equal(hex(received), hex(rgb))
})

ddp('counts packets from 1 to 15 and then from 1 again', () => {
  const encoder = new DdpEncoder(new Uint8Array(600 * 3))
  const sequences = Array.from({ length: 9 }, () => encoder.encode().map((packet) => packet[1])).flat()
  assert.equal(sequences, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 2, 3])
  assert.is(encoder.nextSequence, 4)
})

ddp('goes on with the sequence of another encoder', () => {
  const [packet] = new DdpEncoder(new Uint8Array(3), 15).encode()
  assert.is(packet?.[1], 15)
})

ddp('reads the colours anew each time, into the same packets', () => {
  const rgb = new Uint8Array(3)
  const encoder = new DdpEncoder(rgb)
  const first = encoder.encode()
  rgb.set([1, 2, 3])
  const second = encoder.encode()
  assert.is(second, first)
  assert.equal([...(second[0] ?? [])].slice(10), [1, 2, 3])
})

ddp('marks RGBW as such and splits after 360 LEDs', () => {
  const packets = new DdpEncoder(new Uint8Array(361 * 4), 1, 4).encode()
  assert.equal(
    packets.map((packet) => hex(packet.subarray(0, 10))),
    ['40011b010000000005a0', '41021b01000005a00004'],
  )
})

ddp.run()
