import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { maxRealtimeLeds, REALTIME_FORMATS, RealtimeEncoder } from '../../../src/led/realtime-encoder.ts'
import { parseRealtimePacket } from '../../../workers/virtual-controller/realtime-packet.ts'
import { hex, TWO_PIXELS } from '../../support/hex.ts'

const realtime = suite('UDP realtime encoder')

realtime('encodes the golden vectors of each format', () => {
  const white = Uint8Array.from([0xff, 0x00, 0x01, 0x09, 0x00, 0x80, 0x02, 0x0a])
  const encode = (format: 'warls' | 'drgb' | 'dnrgb') =>
    new RealtimeEncoder(TWO_PIXELS, { format, timeoutS: 2 }).encode().map(hex)
  const encodeWhite = (format: 'drgb' | 'dnrgb') =>
    new RealtimeEncoder(white, { format, timeoutS: 2, channelsPerLed: 4 }).encode().map(hex)
  assert.equal(encode('warls'), ['010200ff000101008002'])
  assert.equal(encode('drgb'), ['0202ff0001008002'])
  assert.equal(encodeWhite('drgb'), ['0302ff0001090080020a'])
  assert.equal(encode('dnrgb'), ['04020000ff0001008002'])
  assert.equal(encodeWhite('dnrgb'), ['05020000ff0001090080020a'])
})

realtime('starts the second DNRGB packet at LED 489 and the second DNRGBW packet at LED 367', () => {
  const starts = (channelsPerLed: 3 | 4) =>
    new RealtimeEncoder(new Uint8Array(1_000 * channelsPerLed), {
      format: 'dnrgb',
      channelsPerLed,
      timeoutS: 2,
    })
      .encode()
      .map((packet) => [hex(packet.subarray(0, 4)), packet.length])
  assert.equal(starts(3), [
    ['04020000', 1_471],
    ['040201e9', 1_471],
    ['040203d2', 70],
  ])
  assert.equal(starts(4), [
    ['05020000', 1_472],
    ['0502016f', 1_472],
    ['050202de', 1_068],
  ])
})

realtime('knows how many LEDs fit', () => {
  assert.is(maxRealtimeLeds('warls', 3), 255)
  assert.is(maxRealtimeLeds('drgb', 3), 490)
  assert.is(maxRealtimeLeds('drgb', 4), 367)
  assert.is(maxRealtimeLeds('dnrgb', 3), 65_536)
})

realtime('says goodbye with a timeout of 0, which WLED takes as leave now', () => {
  for (const format of REALTIME_FORMATS) {
    const encoder = new RealtimeEncoder(TWO_PIXELS, { format })
    assert.equal(encoder.toGoodbye().map(parseRealtimePacket), [{ kind: 'leave' }])
    assert.is(encoder.encode()[0]?.[1], 3, 'a later frame has its timeout')
  }
})

realtime('makes packets from which a WLED reads exactly the colours', () => {
  const cases = fc.record({
    format: fc.constantFrom(...REALTIME_FORMATS),
    hasWhite: fc.boolean(),
    ledCount: fc.integer({ min: 1, max: 1_500 }),
    seed: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(cases, ({ format, hasWhite, ledCount, seed }) => {
      const channelsPerLed = hasWhite && format !== 'warls' ? 4 : 3
      const count = Math.min(ledCount, maxRealtimeLeds(format, channelsPerLed))
      const colors = Uint8Array.from(
        { length: count * channelsPerLed },
        (_, i) => (i * seed + (i >> 8)) & 255,
      )
      const packets = new RealtimeEncoder(colors, { format, channelsPerLed }).encode()
      assert.is(hex(show(packets, colors.length)), hex(colors))
    }),
  )
})

/** What a WLED shows after `packets`. */
function show(packets: readonly Uint8Array[], bytes: number): Uint8Array {
  const leds = new Uint8Array(bytes)
  for (const bytesOfPacket of packets) {
    const packet = parseRealtimePacket(bytesOfPacket)
    if (packet?.kind === 'run') leds.set(packet.data, packet.startLed * packet.channelsPerLed)
    else if (packet?.kind === 'indexed') {
      for (let i = 0; i < packet.data.length; i += 4) {
        leds.set(packet.data.subarray(i + 1, i + 4), (packet.data[i] ?? 0) * 3)
      }
    } else assert.unreachable('a packet WLED ignores')
  }
  return leds
}

realtime('reads the colours anew each time, into the same packets', () => {
  for (const format of REALTIME_FORMATS) {
    const rgb = new Uint8Array(3)
    const encoder = new RealtimeEncoder(rgb, { format })
    const first = encoder.encode()
    rgb.set([1, 2, 3])
    assert.is(encoder.encode(), first)
    assert.equal([...show(first, 3)], [1, 2, 3])
  }
})

realtime.run()
