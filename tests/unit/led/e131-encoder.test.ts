import fc from 'fast-check'
import sacn from 'sacn'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countUniverses, E131Encoder, type E131Options, toE131Group } from '../../../src/led/e131-encoder.ts'
import { hex, TWO_PIXELS } from '../../support/hex.ts'

const e131 = suite('E1.31 encoder')

const OPTIONS: E131Options = {
  universe: 1,
  channelsPerUniverse: 510,
  priority: 100,
  cid: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
  sourceName: 'LedGrab',
}

e131('encodes the golden vector of two pixels', () => {
  const [packet] = new E131Encoder(TWO_PIXELS, OPTIONS, 7).encode()
  const name = hex(Buffer.from('LedGrab')).padEnd(128, '0')
  assert.is(
    packet && hex(packet),
    '001000004153432d45312e31370000007074000000040102030405060708090a0b0c0d0e0f10' +
      `705e00000002${name}640000070000017011` +
      '02a1000000010007' +
      '00ff0001008002',
  )
  assert.is(packet?.length, 132)
})

e131('puts 170 RGB LEDs into a universe and 128 RGBW LEDs into 512 channels', () => {
  const shapes = (leds: number, channelsPerLed: 3 | 4, channelsPerUniverse: number) =>
    new E131Encoder(new Uint8Array(leds * channelsPerLed), {
      ...OPTIONS,
      channelsPerLed,
      channelsPerUniverse,
    })
      .encode()
      .map((packet) => [Buffer.from(packet).readUInt16BE(113), packet.length - 126])
  const whole = [
    [1, 510],
    [2, 510],
    [3, 30],
  ]
  assert.equal(shapes(350, 3, 510), whole)
  assert.equal(shapes(350, 3, 512), whole, 'no LED is split between two universes')
  assert.equal(shapes(300, 4, 512), [
    [1, 512],
    [2, 512],
    [3, 176],
  ])
  assert.equal(
    [countUniverses(350, 510, 3), countUniverses(340, 510, 3), countUniverses(300, 512, 4)],
    [3, 2, 3],
  )
})

e131('numbers the packets of each universe from 0 to 255 and then from 0 again', () => {
  const encoder = new E131Encoder(new Uint8Array(171 * 3), OPTIONS, 254)
  const sequences = Array.from({ length: 3 }, () => encoder.encode().map((packet) => packet[111]))
  assert.equal(sequences, [
    [254, 254],
    [255, 255],
    [0, 0],
  ])
  assert.is(encoder.nextSequence, 1)
})

e131('ends a stream with three packets per universe that say so (E1.31-2018 §6.2.6)', () => {
  const encoder = new E131Encoder(new Uint8Array(171 * 3), OPTIONS)
  encoder.encode()
  const goodbye = encoder.toGoodbye()
  assert.equal(
    goodbye.map((packet) => [packet[114], packet[111], packet[112]]),
    [1, 2, 3].flatMap((sequence) => [
      [1, sequence, 0x40],
      [2, sequence, 0x40],
    ]),
  )
  assert.is(encoder.encode()[0]?.[112], 0, 'a later frame is no goodbye')
})

e131('cuts a long source name where a character ends, and leaves a NUL behind it', () => {
  const [packet] = new E131Encoder(TWO_PIXELS, { ...OPTIONS, sourceName: `${'x'.repeat(61)}éé` }).encode()
  assert.is(packet && Buffer.from(packet.subarray(44, 108)).toString(), `${'x'.repeat(61)}é\0`)
})

e131('sends a universe to the group of its number (E1.31-2018 §9.3.1)', () => {
  assert.equal([1, 256, 63_999].map(toE131Group), ['239.255.0.1', '239.255.1.0', '239.255.249.255'])
})

e131('is understood by the sacn package, whatever the settings', () => {
  const cases = fc.record({
    ledCount: fc.integer({ min: 1, max: 1_200 }),
    channelsPerUniverse: fc.integer({ min: 4, max: 512 }),
    channelsPerLed: fc.constantFrom(3 as const, 4 as const),
    universe: fc.integer({ min: 1, max: 60_000 }),
    priority: fc.integer({ min: 0, max: 200 }),
    sequence: fc.integer({ min: 0, max: 255 }),
  })
  fc.assert(
    fc.property(cases, ({ ledCount, sequence, ...changes }) => {
      const colors = Uint8Array.from({ length: ledCount * changes.channelsPerLed }, (_, i) => (i * 31) & 255)
      const packets = new E131Encoder(colors, { ...OPTIONS, ...changes }, sequence).encode()
      const read = packets.map((packet) => new sacn.Packet(Buffer.from(packet)))
      assert.is(
        hex(Buffer.concat(read.map(({ payloadAsBuffer }) => payloadAsBuffer ?? Buffer.alloc(0)))),
        hex(colors),
      )
      read.forEach((packet, index) => {
        assert.is(packet.universe, changes.universe + index)
        assert.is(packet.priority, changes.priority)
        assert.is(packet.sequence, sequence)
        assert.is(packet.sourceName, 'LedGrab')
      })
    }),
  )
})

e131.run()
