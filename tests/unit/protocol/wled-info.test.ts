import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseWledInfo } from '../../../src/protocol/wled-info.ts'

const info = suite('the info of a WLED')

info('is read with nothing but a version and LEDs', () => {
  assert.equal(parseWledInfo({ ver: '0.14.0', leds: {} }), {
    name: 'WLED',
    version: '0.14.0',
    mac: null,
    brand: null,
    product: null,
    led_count: null,
    rgbw: false,
    udp_port: null,
    live: false,
    live_mode: null,
    live_ip: null,
    signal_percent: null,
    rssi_dbm: null,
  })
})

info('takes an empty text for none', () => {
  const { live_mode, live_ip, name } = parseWledInfo({ ver: '1', leds: {}, lm: '', lip: ' ', name: '\n' })
  assert.equal([live_mode, live_ip, name], [null, null, 'WLED'])
})

info('takes numbers within their range only', () => {
  for (const [count, expected] of [
    [0, 0],
    [65_535, 65_535],
    [65_536, null],
    [1.5, null],
    [-1, null],
    ['9', null],
  ] as const)
    assert.is(parseWledInfo({ ver: '1', leds: { count } }).led_count, expected)
  for (const [udpport, expected] of [
    [1, 1],
    [0, null],
    [65_536, null],
  ] as const)
    assert.is(parseWledInfo({ ver: '1', leds: {}, udpport }).udp_port, expected)
})

info('takes the strength of the Wi-Fi, unless it is wired and says 0 dBm', () => {
  const readSignal = (wifi: unknown) => {
    const { signal_percent, rssi_dbm } = parseWledInfo({ ver: '1', leds: {}, wifi })
    return [signal_percent, rssi_dbm]
  }
  assert.equal(readSignal({ rssi: -61, signal: 78 }), [78, -61])
  assert.equal(readSignal({ rssi: 0, signal: 100 }), [null, null])
  assert.equal(readSignal({ rssi: -61, signal: 101 }), [null, -61])
  assert.equal(readSignal({ rssi: 'good', signal: 50 }), [null, null])
  assert.equal(readSignal('wired'), [null, null])
})

info('is bounded text without controls, or a TypeError, whatever comes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 })
  const field = fc.oneof(text, fc.anything())
  const anything = fc.record(
    {
      ver: field,
      name: field,
      mac: field,
      brand: field,
      product: field,
      leds: fc.oneof(fc.object(), fc.anything()),
      lm: field,
      lip: field,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: anything }, fc.anything()), (value) => {
      try {
        for (const one of Object.values(parseWledInfo(value))) {
          if (typeof one !== 'string') continue
          assert.ok(one.length <= 64)
          assert.not.match(one, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
        }
      } catch (error) {
        assert.instance(error, TypeError)
        assert.is((error as TypeError).message, 'not the info of a WLED')
      }
    }),
  )
})

info.run()
