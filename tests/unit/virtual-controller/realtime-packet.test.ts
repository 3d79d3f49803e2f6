import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseRealtimePacket } from '../../../workers/virtual-controller/realtime-packet.ts'

const realtime = suite('UDP-realtime packet')

function parse(hex: string) {
  const packet = parseRealtimePacket(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  if (packet === undefined || packet.kind === 'leave') return packet
  return { ...packet, data: Buffer.from(packet.data).toString('hex') }
}

realtime('reads the golden vectors', () => {
  assert.equal(parse('01 02 07 ff 00 01'), { kind: 'indexed', timeoutMs: 2_001, data: '07ff0001' })
  assert.equal(parse('02 02 ff 00 01 00 80 02'), {
    kind: 'run',
    timeoutMs: 2_001,
    startLed: 0,
    channelsPerLed: 3,
    data: 'ff0001008002',
  })
  assert.equal(parse('04 02 01 e9 ff 00 01 00 80 02'), {
    kind: 'run',
    timeoutMs: 2_001,
    startLed: 489,
    channelsPerLed: 3,
    data: 'ff0001008002',
  })
})

realtime('reads DRGBW of two LEDs, and of one LED nothing: WLED wants more than 6 bytes', () => {
  const head = { kind: 'run', timeoutMs: 2_001, startLed: 0, channelsPerLed: 4 }
  assert.equal(parse('03 02 ff000109 00800200'), { ...head, data: 'ff00010900800200' })
  assert.equal(parse('03 02 ff000109'), { ...head, data: '' })
})

realtime('reads DNRGBW', () => {
  assert.equal(parse('05 01 0002 ff000109 008002ff'), {
    kind: 'run',
    timeoutMs: 1_001,
    startLed: 2,
    channelsPerLed: 4,
    data: 'ff000109008002ff',
  })
})

realtime('enters realtime but lights nothing below the minimum of each protocol', () => {
  const data = ['010105ff00', '0201ff00', '0301ff000109', '04010000ff0001', '05010000ff000109'].map((hex) => {
    const packet = parse(hex)
    return packet && 'data' in packet ? packet.data : undefined
  })
  assert.equal(data, ['', '', '', '', ''])
})

realtime('knows 255 as for ever and 0 as leave', () => {
  const forEver = parse('02 ff 010203')
  assert.is(forEver && 'timeoutMs' in forEver ? forEver.timeoutMs : 0, Number.POSITIVE_INFINITY)
  const longest = parse('02 fe 010203')
  assert.is(longest && 'timeoutMs' in longest ? longest.timeoutMs : 0, 254_001)
  assert.equal(parse('02 00 010203'), { kind: 'leave' })
  assert.equal(parse('05 00'), { kind: 'leave' })
})

realtime('drops the rest of an incomplete LED', () => {
  const packet = parse('02 01 010203 0405')
  assert.is(packet && 'data' in packet ? packet.data : '', '010203')
})

realtime('ignores the sync notifier, unknown protocols, and packets longer than the receive buffer', () => {
  assert.equal(
    ['', '02', '000102030405', '0601020304', 'ff01020304', '7b7d'].map(parse),
    Array.from({ length: 6 }, () => undefined),
  )
  assert.is(parse(`0202${'00'.repeat(1_471)}`), undefined)
  assert.is.not(parse(`0202${'00'.repeat(1_470)}`), undefined)
})

realtime.run()
