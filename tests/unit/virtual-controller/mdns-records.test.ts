import packet from 'dns-packet'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeDnsResponse, toDnsLabel } from '../../../workers/virtual-controller/dns-message.ts'
import { type MdnsQuery, MdnsRecords } from '../../../workers/virtual-controller/mdns-records.ts'

const mdns = suite('mDNS records of the virtual controller')

const NAME = 'TV v1.5 – Küche'
const INSTANCE = `${NAME}._wled._tcp.local`
const SERVICE = '_wled._tcp.local'
const HOST = 'wled-ddeeff.local'
const records = new MdnsRecords({ name: NAME, mac: 'aabbccddeeff', httpPort: 8_080, ddpPort: 4_049 })

interface Told {
  readonly name: string
  readonly type: string
  readonly ttl?: number
  readonly flush?: boolean
  readonly data: unknown
}

function decode(response: Parameters<typeof encodeDnsResponse>[0]) {
  const decoded = packet.decode(encodeDnsResponse(response))
  return {
    ...decoded,
    answers: (decoded.answers ?? []) as Told[],
    additionals: (decoded.additionals ?? []) as Told[],
  }
}

function ask(query: MdnsQuery) {
  const response = records.answer(query)
  return response && decode(response)
}

function typesAskedFor(name: string, type: string) {
  const told = ask({ questions: [{ name, type }] })
  return told && [told.answers.map((record) => record.type), told.additionals.map((record) => record.type)]
}

mdns('announce everything in a form another implementation reads', () => {
  const { answers, flags, type, id } = decode(records.toAnnouncement())
  assert.equal([type, flags, id], ['response', 0x400, 0])
  assert.equal(
    answers.map(({ name, type, ttl, flush }) => ({ name, type, ttl, flush })),
    [
      { name: SERVICE, type: 'PTR', ttl: 4_500, flush: false },
      { name: INSTANCE, type: 'SRV', ttl: 120, flush: true },
      { name: INSTANCE, type: 'TXT', ttl: 4_500, flush: true },
      { name: HOST, type: 'A', ttl: 120, flush: true },
    ],
  )
  const [pointer, service, text, address] = answers.map((record) => record.data)
  assert.is(pointer, INSTANCE)
  assert.equal(service, { priority: 0, weight: 0, port: 8_080, target: HOST })
  assert.equal((text as Buffer[]).map(String), ['mac=aabbccddeeff', 'ddp=4049'])
  assert.is(address, '127.0.0.1')
})

mdns('keep an instance name with dots as one label', () => {
  const bytes = encodeDnsResponse(records.toAnnouncement())
  const label = Buffer.from(NAME)
  const wanted = Buffer.concat([Buffer.of(label.length), label, Buffer.of(5), Buffer.from('_wled')])
  assert.ok(bytes.includes(wanted))
})

mdns('say goodbye with TTL 0 for each record (RFC 6762 §10.1)', () => {
  const { answers } = decode(records.toGoodbye())
  assert.equal(
    answers.map(({ type, ttl }) => [type, ttl]),
    [
      ['PTR', 0],
      ['SRV', 0],
      ['TXT', 0],
      ['A', 0],
    ],
  )
})

mdns('answer what is asked, with what will be asked next (RFC 6763 §12)', () => {
  assert.equal(typesAskedFor(SERVICE, 'PTR'), [['PTR'], ['SRV', 'TXT', 'A']])
  assert.equal(typesAskedFor(SERVICE, 'ANY'), [['PTR'], ['SRV', 'TXT', 'A']])
  assert.equal(typesAskedFor(INSTANCE, 'SRV'), [['SRV'], ['A']])
  assert.equal(typesAskedFor(INSTANCE, 'TXT'), [['TXT'], []])
  assert.equal(typesAskedFor(INSTANCE, 'ANY'), [['SRV', 'TXT'], ['A']])
  assert.equal(typesAskedFor(HOST, 'A'), [['A'], []])
  assert.equal(typesAskedFor('_services._dns-sd._udp.local', 'PTR'), [['PTR'], []])
})

mdns('stay silent about what is not theirs', () => {
  const others: [string, string][] = [
    ['_http._tcp.local', 'PTR'],
    [SERVICE, 'A'],
    [HOST, 'AAAA'],
    [INSTANCE, 'PTR'],
    [`Other.${SERVICE}`, 'SRV'],
    ['', 'ANY'],
    ['.', 'PTR'],
    [SERVICE, 'UNKNOWN_4711'],
  ]
  for (const [name, type] of others) assert.is(typesAskedFor(name, type), undefined, `${name} ${type}`)
  assert.is(ask({}), undefined)
  assert.is(ask({ questions: [] }), undefined)
})

mdns('compare names without regard to ASCII case only (RFC 6762 §16)', () => {
  assert.ok(typesAskedFor('_WLED._TCP.LOCAL', 'PTR'))
  assert.ok(typesAskedFor(INSTANCE.replace('TV', 'tv'), 'SRV'))
  assert.is(typesAskedFor(INSTANCE.replace('ü', 'Ü'), 'SRV'), undefined)
})

mdns('answer several questions once', () => {
  const told = ask({
    questions: [
      { name: SERVICE, type: 'PTR' },
      { name: SERVICE, type: 'PTR' },
      { name: HOST, type: 'A' },
    ],
  })
  assert.equal(
    told?.answers.map((record) => record.type),
    ['PTR', 'A'],
  )
  assert.equal(
    told?.additionals.map((record) => record.type),
    ['SRV', 'TXT'],
  )
})

mdns('do not repeat what the asker knows for more than half its life (RFC 6762 §7.1)', () => {
  const questions = [{ name: SERVICE, type: 'PTR' }]
  const known = (ttl: number, data: string) =>
    ask({ questions, answers: [{ name: SERVICE, type: 'PTR', ttl, data }] })
  assert.is(known(4_500, INSTANCE), undefined)
  assert.is(known(2_250, INSTANCE), undefined)
  assert.ok(known(2_249, INSTANCE))
  assert.ok(known(4_500, `Other.${SERVICE}`))
})

mdns('answer a legacy resolver by its id, its question and short lives (RFC 6762 §6.7)', () => {
  const response = records.answerLegacy({ id: 4_711, questions: [{ name: INSTANCE, type: 'SRV' }] })
  const told = response && decode(response)
  assert.is(told?.id, 4_711)
  assert.equal(
    told?.questions?.map(({ name, type }) => [name, type]),
    [[INSTANCE, 'SRV']],
  )
  assert.equal(
    [...(told?.answers ?? []), ...(told?.additionals ?? [])].map(({ type, ttl, flush }) => [
      type,
      ttl,
      flush,
    ]),
    [
      ['SRV', 10, false],
      ['A', 10, false],
    ],
  )
  assert.is(records.answerLegacy({ id: 1, questions: [{ name: 'other.local', type: 'A' }] }), undefined)
})

mdns('cut a long name to one label after a whole character', () => {
  assert.is(toDnsLabel('x'.repeat(80)).length, 63)
  const label = toDnsLabel('ü'.repeat(40))
  assert.is(Buffer.byteLength(label), 62)
  assert.is(toDnsLabel(`${'x'.repeat(61)}😀`), 'x'.repeat(61))
})

mdns.run()
