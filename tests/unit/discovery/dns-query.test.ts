import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeQuery } from '../../../workers/discovery/dns-query.ts'

const query = suite('mDNS queries')

const SERVICE_HEX = '055f776c6564045f746370056c6f63616c00'
const BROWSE = { type: 'PTR', name: '_wled._tcp.local' } as const

const toHex = (packets: readonly Buffer[]): string[] => packets.map((packet) => packet.toString('hex'))
const readHeader = (packet: Buffer) => ({
  isTruncated: (packet.readUInt16BE(2) & 0x0200) !== 0,
  questions: packet.readUInt16BE(4),
  answers: packet.readUInt16BE(6),
})
const knownAnswers = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    instance: `WLED ${i}._wled._tcp.local`,
    remainingSeconds: 4_000,
  }))

query('ask with one question per record (RFC 1035 §4.1)', () => {
  const packets = encodeQuery({ questions: [BROWSE], knownAnswers: [] })
  assert.equal(toHex(packets), [`000000000001000000000000${SERVICE_HEX}000c0001`])
})

query('write an instance name as one label, dots and all (RFC 6763 §4.3)', () => {
  const packets = encodeQuery({
    questions: [{ type: 'SRV', name: 'v1.2 ü._wled._tcp.local' }],
    knownAnswers: [],
  })
  assert.equal(toHex(packets), [
    `00000000000100000000000007${Buffer.from('v1.2 ü').toString('hex')}${SERVICE_HEX}00210001`,
  ])
})

query('write a host name as the labels it has', () => {
  const packets = encodeQuery({ questions: [{ type: 'A', name: 'desk.local' }], knownAnswers: [] })
  assert.equal(toHex(packets), ['000000000001000000000000046465736b056c6f63616c0000010001'])
})

query('carry known answers with what is left of their TTL (RFC 6762 §7.1)', () => {
  const packets = encodeQuery({
    questions: [BROWSE, { type: 'TXT', name: 'A._wled._tcp.local' }],
    knownAnswers: [{ instance: 'B._wled._tcp.local', remainingSeconds: 258 }],
  })
  assert.equal(toHex(packets), [
    `000000000002000100000000` +
      `0141${SERVICE_HEX}00100001` +
      `${SERVICE_HEX}000c0001` +
      `${SERVICE_HEX}000c000100000102` +
      `00140142${SERVICE_HEX}`,
  ])
})

query('spread a long list of known answers over packets, all but the last marked (RFC 6762 §7.2)', () => {
  const packets = encodeQuery({ questions: [BROWSE], knownAnswers: knownAnswers(100) })
  const headers = packets.map(readHeader)
  assert.ok(packets.length > 2)
  assert.ok(packets.every(({ length }) => length <= 1_400))
  assert.equal(
    headers.map(({ isTruncated }) => isTruncated),
    [...packets.slice(1).map(() => true), false],
  )
  assert.equal(
    headers.map(({ questions }) => questions),
    [1, ...packets.slice(1).map(() => 0)],
  )
  assert.is(
    headers.reduce((sum, { answers }) => sum + answers, 0),
    100,
  )
})

query('spread many questions over packets that stand for themselves', () => {
  const questions = Array.from(
    { length: 200 },
    (_, i) => ({ type: 'SRV', name: `W ${i}._wled._tcp.local` }) as const,
  )
  const packets = encodeQuery({ questions: [BROWSE, ...questions], knownAnswers: knownAnswers(3) })
  const headers = packets.map(readHeader)
  assert.ok(packets.length > 2)
  assert.is(
    headers.reduce((sum, header) => sum + header.questions, 0),
    201,
  )
  assert.equal(
    headers.slice(0, -2).map(({ isTruncated }) => isTruncated),
    headers.slice(0, -2).map(() => false),
  )
})

query('leave known answers out where nobody is asked for them', () => {
  const packets = encodeQuery({
    questions: [{ type: 'A', name: 'desk.local' }],
    knownAnswers: knownAnswers(3),
  })
  assert.equal(packets.map(readHeader), [{ isTruncated: false, questions: 1, answers: 0 }])
})

query('leave out what cannot be said on the wire (RFC 1035 §2.3.4)', () => {
  for (const name of ['', '.', 'a..local', `${'x'.repeat(64)}.local`, `${'x.'.repeat(130)}local`]) {
    assert.equal(encodeQuery({ questions: [{ type: 'A', name }], knownAnswers: [] }), [], name)
  }
  const long = `${'x'.repeat(40)}.${'y'.repeat(40)}._wled._tcp.local`
  assert.is(
    encodeQuery({ questions: [{ type: 'SRV', name: long }], knownAnswers: [] }).length,
    1,
    'as two labels',
  )
})

query.run()
