import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedStrip } from '../../../workers/virtual-controller/led-strip.ts'

const strip = suite('virtual LED strip')

/** Orange 255, 160, 0 at 128 of 255, by FastLED's `scale8`. */
const OWN = '805000'
const BLACK = '000000'

function setup(ledCount = 3) {
  const clock = { nowMs: 1_000 }
  const leds = new LedStrip({ ledCount, nowMs: () => clock.nowMs })
  clock.nowMs += 100
  return {
    leds,
    shown: () => Buffer.from(leds.shown).toString('hex').match(/.{6}/g) ?? [],
    after: (ms: number) => {
      clock.nowMs += ms
      leds.tick()
    },
    ddp: (isPush: boolean, startLed: number, hex: string) =>
      leds.takeDdp({ isPush, startLed, channelsPerLed: 3, data: Buffer.from(hex, 'hex') }, '127.0.0.1'),
    drgb: (timeoutMs: number, hex: string) =>
      leds.takeRealtime(
        { kind: 'run', timeoutMs, startLed: 0, channelsPerLed: 3, data: Buffer.from(hex, 'hex') },
        '10.0.0.9',
      ),
  }
}

strip('boots on, orange, at half brightness', () => {
  const { leds, shown } = setup()
  assert.equal(shown(), [OWN, OWN, OWN])
  assert.equal(
    [leds.isOn, leds.brightness, leds.realtime, leds.nextTickMs],
    [true, 128, undefined, undefined],
  )
})

strip('shows realtime colours as they were sent, on black', () => {
  const { leds, shown, ddp } = setup()
  ddp(true, 1, '0a0b0c')
  assert.equal(shown(), [BLACK, '0a0b0c', BLACK])
  assert.is(leds.realtime?.mode, 'DDP')
  assert.is(leds.realtime?.sender, '127.0.0.1')
})

strip('shows every packet before the first PUSH of a session, afterwards only those with PUSH', () => {
  const { shown, after, ddp } = setup()
  ddp(false, 0, '010101')
  assert.equal(shown(), ['010101', BLACK, BLACK])
  after(20)
  ddp(false, 1, '020202')
  assert.equal(shown(), ['010101', '020202', BLACK])
  after(20)
  ddp(true, 2, '030303')
  assert.equal(shown(), ['010101', '020202', '030303'])
  after(20)
  ddp(false, 0, 'ffffff')
  after(20)
  assert.equal(shown(), ['010101', '020202', '030303'], 'without PUSH it is not shown any more')
  ddp(true, 2, '040404')
  assert.equal(shown(), ['ffffff', '020202', '040404'])
})

strip('forgets the PUSH when a session ends', () => {
  const { shown, after, ddp } = setup()
  ddp(true, 0, '010101')
  after(2_501)
  after(20)
  ddp(false, 0, '020202')
  assert.equal(shown(), ['020202', BLACK, BLACK])
})

strip('forgets the PUSH when another protocol takes over', () => {
  const { shown, after, ddp, drgb } = setup()
  ddp(true, 0, '010101')
  drgb(1_001, '050505')
  after(20)
  ddp(false, 1, '020202')
  assert.equal(shown(), ['050505', '020202', BLACK])
})

strip('shows at most every 15 ms, then the newest', () => {
  const { leds, shown, after, ddp } = setup()
  ddp(true, 0, '010101')
  after(5)
  ddp(true, 0, '020202')
  assert.is(shown()[0], '010101')
  assert.is(leds.nextTickMs, 1_115)
  after(5)
  ddp(true, 0, '030303')
  after(5)
  assert.is(shown()[0], '010101', 'the gate is "more than 15 ms"')
  after(1)
  assert.is(shown()[0], '030303')
})

strip('falls back to its own state 2.5 s after the last DDP packet', () => {
  const { leds, shown, after, ddp } = setup()
  ddp(true, 0, '010101')
  after(2_000)
  ddp(true, 0, '010101')
  after(2_500)
  assert.is(leds.realtime?.mode, 'DDP')
  after(1)
  assert.equal(shown(), [OWN, OWN, OWN])
  assert.is(leds.realtime, undefined)
  assert.is(leds.nextTickMs, undefined)
})

strip('shows what waits behind the gate before it falls back', () => {
  const { leds, after, ddp } = setup()
  ddp(true, 0, '010101')
  ddp(true, 0, '020202')
  assert.is(leds.nextTickMs, 1_115)
  after(20)
  assert.is(leds.nextTickMs, 3_600)
})

strip('shows each UDP-realtime packet at once, past the gate, for its own time', () => {
  const { leds, shown, after, drgb } = setup()
  drgb(2_001, '010101')
  drgb(2_001, '020202')
  assert.equal(shown(), ['020202', BLACK, BLACK])
  assert.equal(leds.realtime?.sender, '10.0.0.9')
  after(2_002)
  assert.equal(shown(), [OWN, OWN, OWN])
})

strip('keeps LEDs that a packet does not mention', () => {
  const { shown, ddp, drgb } = setup()
  ddp(true, 2, '0a0b0c')
  drgb(1_001, '010101')
  assert.equal(shown(), ['010101', BLACK, '0a0b0c'])
})

strip('stays in realtime for ever once told so, until told to leave', () => {
  const { leds, shown, after, drgb } = setup()
  drgb(Number.POSITIVE_INFINITY, '010101')
  drgb(1_001, '020202')
  after(1_000_000_000)
  assert.is(shown()[0], '020202')
  assert.is(leds.nextTickMs, undefined)
  leds.takeRealtime({ kind: 'leave' }, '10.0.0.9')
  assert.equal(shown(), [OWN, OWN, OWN])
})

strip('enters realtime black by a packet without LEDs', () => {
  const { shown, drgb } = setup()
  drgb(1_001, '')
  assert.equal(shown(), [BLACK, BLACK, BLACK])
})

strip('writes indexed LEDs and ignores those beyond its end', () => {
  const { leds, shown, ddp } = setup()
  const data = Buffer.from('02010203 03ffffff ffffffff 00040506'.replaceAll(' ', ''), 'hex')
  leds.takeRealtime({ kind: 'indexed', timeoutMs: 1_001, data }, '127.0.0.1')
  assert.equal(shown(), ['040506', BLACK, '010203'])
  ddp(true, 2, 'aaaaaabbbbbb')
  ddp(true, 1_431_655_765, 'cccccc')
  assert.is(leds.shown.length, 9)
})

strip('adds white to the colours, up to full', () => {
  const { leds, shown } = setup()
  const data = Buffer.from('ff000109008002ff', 'hex')
  leds.takeDdp({ isPush: true, startLed: 0, channelsPerLed: 4, data }, '127.0.0.1')
  assert.equal(shown(), ['ff090a', 'ffffff', BLACK])
})

strip('forgets white when RGB follows', () => {
  const { leds, shown, after, ddp } = setup()
  leds.takeDdp({ isPush: true, startLed: 0, channelsPerLed: 4, data: Buffer.from('000000ff', 'hex') }, '')
  after(20)
  ddp(true, 0, '010203')
  assert.is(shown()[0], '010203')
})

strip('turns off and on again, brightness kept', () => {
  const { leds, shown } = setup()
  leds.setState({ power: 'off' })
  assert.equal([shown()[0], leds.isOn, leds.brightness], [BLACK, false, 128])
  leds.setState({ power: 'toggle' })
  assert.equal([shown()[0], leds.isOn], [OWN, true])
  leds.setState({ brightness: 0 })
  assert.equal([leds.isOn, leds.brightness], [false, 128])
  leds.setState({ brightness: 255 })
  assert.equal([shown()[0], leds.isOn, leds.brightness], ['ffa000', true, 255])
})

strip('resolves brightness and power in one message as WLED does', () => {
  const { leds } = setup()
  leds.setState({ brightness: 0, power: 'on' })
  assert.equal([leds.isOn, leds.brightness], [true, 128])
  leds.setState({ brightness: 10, power: 'off' })
  assert.equal([leds.isOn, leds.brightness], [false, 10])
  leds.setState({ brightness: 32, power: 'toggle' })
  assert.is(leds.isOn, true, 'just turned on by its brightness, it is not toggled off')
  leds.setState({ brightness: 32, power: 'toggle' })
  assert.is(leds.isOn, false)
})

strip('keeps showing realtime while it is turned off under it', () => {
  const { leds, shown, after, ddp } = setup()
  ddp(true, 0, '010101')
  leds.setState({ power: 'off', color: [1, 2, 3] })
  after(20)
  assert.equal(shown(), ['010101', BLACK, BLACK])
  after(2_500)
  assert.equal(shown(), [BLACK, BLACK, BLACK])
  leds.setState({ power: 'on', brightness: 255 })
  assert.equal(shown(), ['010203', '010203', '010203'])
})

strip('enters realtime by live, black and for ever, and leaves it by live', () => {
  const { leds, shown, after } = setup()
  leds.setState({ live: true })
  after(1_000_000)
  assert.equal([shown()[0], leds.realtime?.mode, leds.realtime?.sender], [BLACK, 'GENERIC', ''])
  leds.setState({ live: false })
  assert.equal([shown()[0], leds.realtime], [OWN, undefined])
})

strip('boots into its first state', () => {
  const { leds, shown, drgb } = setup()
  leds.setState({ brightness: 9, color: [1, 2, 3] })
  drgb(Number.POSITIVE_INFINITY, '010101')
  leds.boot()
  assert.equal([shown()[0], leds.brightness, leds.realtime], [OWN, 128, undefined])
})

strip('counts the frames of the last second', () => {
  const { leds, after, ddp } = setup()
  for (let i = 0; i < 110; i += 1) {
    ddp(true, 0, '010101')
    after(20)
  }
  assert.is(leds.fps, 50)
  after(2_000)
  assert.is(leds.fps, 0)
})

strip.run()
