import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArtnetEncoder, type ArtnetOptions } from '../../../src/led/artnet-encoder.ts'
import { hex, TWO_PIXELS } from '../../support/hex.ts'

const artnet = suite('Art-Net encoder')

const OPTIONS: ArtnetOptions = { universe: 0, channelsPerUniverse: 510, sync: false }

artnet('encodes the golden vector of two pixels', () => {
  const packets = new ArtnetEncoder(TWO_PIXELS, { ...OPTIONS, universe: 1 }).encode()
  assert.equal(packets.map(hex), ['4172742d4e6574000050000e010001000006ff0001008002'])
})

artnet('fills an odd length with a channel that stays 0', () => {
  const [packet] = new ArtnetEncoder(Uint8Array.of(1, 2, 3), OPTIONS).encode()
  assert.is(packet && hex(packet.subarray(16)), '000401020300')
})

artnet('ends a frame with ArtSync where wanted', () => {
  const packets = new ArtnetEncoder(new Uint8Array(171 * 3), { ...OPTIONS, sync: true }).encode()
  assert.equal(
    packets.map((packet) => [packet.length, packet[9]]),
    [
      [528, 0x50],
      [22, 0x50],
      [14, 0x52],
    ],
  )
})

artnet('numbers frames from 1 to 255 and never 0, which would switch the order off', () => {
  const encoder = new ArtnetEncoder(new Uint8Array(171 * 3), OPTIONS, 254)
  const sequences = Array.from({ length: 3 }, () => encoder.encode().map((packet) => packet[12]))
  assert.equal(sequences, [
    [254, 254],
    [255, 255],
    [1, 1],
  ])
  assert.is(encoder.nextSequence, 2)
})

artnet('carries every byte once, in universes that follow each other', () => {
  const cases = fc.record({
    ledCount: fc.integer({ min: 1, max: 1_200 }),
    channelsPerUniverse: fc.integer({ min: 4, max: 512 }),
    channelsPerLed: fc.constantFrom(3 as const, 4 as const),
    universe: fc.integer({ min: 0, max: 30_000 }),
  })
  fc.assert(
    fc.property(cases, ({ ledCount, ...changes }) => {
      const colors = Uint8Array.from({ length: ledCount * changes.channelsPerLed }, (_, i) => (i * 31) & 255)
      const packets = new ArtnetEncoder(colors, { ...OPTIONS, ...changes })
        .encode()
        .map((p) => Buffer.from(p))
      const ledBytes = changes.channelsPerUniverse - (changes.channelsPerUniverse % changes.channelsPerLed)
      const received = Buffer.alloc(packets.length * ledBytes)
      packets.forEach((packet, index) => {
        const length = packet.readUInt16BE(16)
        assert.ok(length % 2 === 0 && length >= 2 && length <= 512)
        assert.is(packet.length, 18 + length)
        assert.is(packet.readUInt16LE(14), changes.universe + index)
        packet.copy(received, index * ledBytes, 18, 18 + Math.min(length, ledBytes))
      })
      assert.is(hex(received.subarray(0, colors.length)), hex(colors))
    }),
  )
})

artnet.run()
