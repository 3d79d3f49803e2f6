import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toInfoJson, toLiveJson, toStateJson } from '../../../workers/virtual-controller/json-views.ts'
import { LedStrip } from '../../../workers/virtual-controller/led-strip.ts'
import { parsePostedState } from '../../../workers/virtual-controller/state-patch.ts'

const views = suite('JSON of the virtual controller')

const identity = { name: 'Desk', mac: 'aabbccddeeff', realtimePort: 21_324, ddpPort: 4_048 }

function setup(ledCount = 2) {
  const clock = { nowMs: 0 }
  const strip = new LedStrip({ ledCount, nowMs: () => clock.nowMs })
  clock.nowMs = 100
  const info = () => toInfoJson(identity, strip, 42) as Record<string, unknown>
  return { strip, info }
}

views('say who the controller is, and that it is virtual', () => {
  const { info } = setup()
  const { name, mac, ip, brand, product, arch, udpport, uptime, live, lm, lip } = info()
  assert.equal(
    { name, mac, ip, brand, product, arch, udpport, uptime, live, lm, lip },
    {
      name: 'Desk',
      mac: 'aabbccddeeff',
      ip: '127.0.0.1',
      brand: 'WLED',
      product: 'LedGrab virtual controller',
      arch: 'virtual',
      udpport: 21_324,
      uptime: 42,
      live: false,
      lm: '',
      lip: '',
    },
  )
})

views('have every key of WLED that is worth storing', () => {
  const { info } = setup()
  const keys =
    'ver vid name mac ip arch brand product udpport live lm lip liveseg leds wifi freeheap uptime ndc ws opt fs'
  for (const key of keys.split(' ')) assert.ok(key in info(), key)
  const leds = info().leds as object
  for (const key of 'count fps pwr maxpwr maxseg lc seglc rgbw'.split(' ')) assert.ok(key in leds, key)
})

views('name who drives the strip, as WLED names protocols', () => {
  const { strip, info } = setup()
  strip.takeDdp({ isPush: true, startLed: 0, channelsPerLed: 3, data: new Uint8Array(3) }, '127.0.0.7')
  assert.equal([info().live, info().lm, info().lip], [true, 'DDP', '127.0.0.7'])
  const data = new Uint8Array(3)
  strip.takeRealtime({ kind: 'run', timeoutMs: 1_001, startLed: 0, channelsPerLed: 3, data }, '127.0.0.8')
  assert.equal([info().live, info().lm, info().lip], [true, 'UDP', '127.0.0.8'])
  strip.setState({ live: true })
  assert.equal([info().live, info().lm, info().lip], [true, '', ''])
})

views('give a state that posted back changes nothing', () => {
  const { strip } = setup()
  strip.setState({ power: 'off', brightness: 77, color: [9, 8, 7] })
  strip.setState({ power: 'off' })
  const before = toStateJson(strip)
  const patch = parsePostedState(JSON.stringify(before))?.patch
  assert.equal(patch, { power: 'off', brightness: 77, color: [9, 8, 7] })
  strip.setState(patch ?? {})
  assert.equal(toStateJson(strip), before)
})

views('name every LED as it shows', () => {
  const { strip } = setup(300)
  const data = Buffer.from('0a0b0cff00ff', 'hex')
  strip.takeDdp({ isPush: true, startLed: 298, channelsPerLed: 3, data }, '')
  const { leds, n } = toLiveJson(strip) as { leds: string[]; n: number }
  assert.equal([leds.length, leds[0], leds[298], leds[299], n], [300, '000000', '0A0B0C', 'FF00FF', 1])
})

views.run()
