import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DdpEncoder } from '../../../src/led/ddp-encoder.ts'
import { parseDdpPacket } from '../../../workers/virtual-controller/ddp-packet.ts'

const ddp = suite('DDP packet')

function parse(hex: string) {
  const packet = parseDdpPacket(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return packet && { ...packet, data: Buffer.from(packet.data).toString('hex') }
}

ddp('reads the golden vector of two pixels', () => {
  assert.equal(parse('41 01 0b 01 00000000 0006 ff0001008002'), {
    isPush: true,
    startLed: 0,
    channelsPerLed: 3,
    data: 'ff0001008002',
  })
})

ddp('takes the offset in bytes', () => {
  assert.is(parse('40 02 0b 01 000005a0 0003 010203')?.startLed, 480)
  assert.is(parse('40 02 1b 01 00000010 0004 01020304')?.startLed, 4)
})

ddp('reads RGBW only where the type says so, whatever the bits per channel claim', () => {
  const channels = ['1b', '1a', '9b', '0b', '01', '00', '13', '23'].map(
    (type) => parse(`41 01 ${type} 01 00000000 000c ${'00'.repeat(12)}`)?.channelsPerLed,
  )
  assert.equal(channels, [4, 4, 4, 3, 3, 3, 3, 3])
})

ddp('skips a timecode', () => {
  assert.is(parse('51 01 0b 01 00000000 0003 aabbccdd 010203')?.data, '010203')
  assert.is(parse('51 01 0b 01 00000000 0003 aabbccdd 0102'), undefined, 'a timecode needs four more bytes')
})

ddp('ignores control, configuration and status, and takes every other destination', () => {
  const taken = ['f6', 'fa', 'fb', '01', '02', 'fe', 'ff', '00'].map(
    (destination) => parse(`41 01 0b ${destination} 00000000 0003 010203`) !== undefined,
  )
  assert.equal(taken, [false, false, false, true, true, true, true, true])
})

ddp('ignores queries, replies, and storage without PUSH', () => {
  const taken = ['43', '45', '47', '48', '49', '40'].map(
    (flags) => parse(`${flags} 01 0b 01 00000000 0003 010203`) !== undefined,
  )
  assert.equal(taken, [false, false, false, false, true, true])
})

ddp('ignores a packet shorter than it claims, and drops what it has too much', () => {
  assert.is(parse('41 01 0b 01 00000000 0006 ff00010080'), undefined)
  assert.is(parse('41 01 0b 01 00000000 00'), undefined)
  assert.is(parse(''), undefined)
  assert.is(parse('41 01 0b 01 00000000 0003 010203 0405')?.data, '010203')
})

ddp('keeps whole LEDs only', () => {
  assert.is(parse('41 01 0b 01 00000000 0005 0102030405')?.data, '010203')
})

ddp('reads a PUSH without data, as a sync packet is', () => {
  assert.equal(parse('41 00 00 ff 00000000 0000'), { isPush: true, startLed: 0, channelsPerLed: 3, data: '' })
})

ddp('reads what our encoder writes', () => {
  const rgb = Uint8Array.from({ length: 1_000 * 3 }, (_, i) => (i * 7) & 255)
  const packets = new DdpEncoder(rgb).encode().map((bytes) => parseDdpPacket(bytes))
  assert.equal(
    packets.map((packet) => packet && [packet.startLed, packet.isPush]),
    [
      [0, false],
      [480, false],
      [960, true],
    ],
  )
  assert.equal(Buffer.concat(packets.map((packet) => packet?.data ?? new Uint8Array())), Buffer.from(rgb))
})

ddp('reads from the middle of a larger buffer', () => {
  const bytes = Buffer.from('ffffff41010b010000000000030a0b0c', 'hex').subarray(3)
  assert.equal([...(parseDdpPacket(bytes)?.data ?? [])], [10, 11, 12])
})

ddp.run()
