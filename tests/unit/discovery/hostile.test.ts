import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_CONTROLLERS } from '../../../workers/discovery/presence.ts'
import {
  setupPresence,
  toAddresses,
  toAnnouncement,
  toPointer,
  toService,
  toText,
} from '../../support/presence.ts'

const hostile = suite('hostile mDNS')

hostile('addresses outside private networks are ignored, and counted', () => {
  const { hear, told, ignored } = setupPresence()
  const addresses = ['8.8.8.8', '224.0.0.251', '0.0.0.0', '255.255.255.255', '172.32.0.1', '100.64.0.1']
  hear(toAnnouncement({ addresses }))
  assert.equal([told, ignored], [[], { 'addresses outside private networks': 6 }])
  hear(toAddresses({ addresses: ['::1', 'localhost', '192.168.1', '0x7f.1', '192.168.1.20\0'] }))
  assert.equal(told, [])
  for (const [i, address] of ['10.0.0.1', '172.31.0.1', '192.168.0.1', '169.254.0.1'].entries()) {
    hear(toAnnouncement({ name: `Desk ${i}`, host: `desk-${i}.local`, addresses: [address] }))
  }
  assert.is(told.length, 4)
})

hostile('a loopback address counts only from loopback', () => {
  const { hear, told } = setupPresence()
  hear(toAnnouncement({ addresses: ['127.0.0.1'] }), '192.168.1.66')
  assert.equal(told, [])
  hear(toAnnouncement({ addresses: ['127.0.0.1'] }), '127.0.0.1')
  assert.equal(told, ['0 found Desk 127.0.0.1'])
})

hostile('names are neutralised and bounded', () => {
  const { hear, events } = setupPresence()
  const name = `\u001b[31mDesk\u202e\n${'x'.repeat(1_000)}`
  hear(toAnnouncement({ name }))
  const [event] = events
  assert.match(event?.controller.name ?? '', /^Desk\ufffd x+…$/)
  assert.ok((event?.controller.name.length ?? 0) <= 200)
  assert.ok((event?.controller.key.length ?? 0) <= 300)
})

hostile('names that look alike once neutralised are one controller', () => {
  const { hear, told, pass } = setupPresence()
  hear(toAnnouncement({ name: 'Desk\u0001' }))
  hear(toAnnouncement({ name: 'Desk\u0002' }))
  pass(5_000)
  assert.is(told.length, 1)
})

hostile('at most 256 controllers are tracked; those that told nothing make room', () => {
  const { presence, hear, told, ignored } = setupPresence()
  for (let i = 0; i < 1_000; i += 1) hear([toPointer({ name: `Ghost ${i}` })])
  assert.is(presence.size, MAX_CONTROLLERS)
  for (let i = 0; i < MAX_CONTROLLERS; i += 1)
    hear(toAnnouncement({ name: `Real ${i}`, host: `real-${i}.local` }))
  assert.equal([presence.size, told.length], [MAX_CONTROLLERS, MAX_CONTROLLERS])
  hear(toAnnouncement({ name: 'One more', host: 'more.local' }))
  assert.is(told.length, MAX_CONTROLLERS)
  assert.ok((ignored['controllers beyond the limit'] ?? 0) >= 1_000)
})

hostile('a goodbye from nobody takes no place', () => {
  const { presence, hear, ignored } = setupPresence()
  for (let i = 0; i < MAX_CONTROLLERS; i += 1) hear([toPointer({ name: `Ghost ${i}` })])
  hear(toAnnouncement({ name: 'Nobody', ttl: 0 }))
  assert.equal([presence.size, ignored], [MAX_CONTROLLERS, {}])
})

hostile('of one packet at most 200 records are read', () => {
  const { presence, hear, ignored } = setupPresence()
  hear(Array.from({ length: 5_000 }, (_, i) => toPointer({ name: `Ghost ${i}` })))
  assert.is(presence.size, 200)
  assert.is(ignored['malformed records'], 4_800)
})

hostile('of one host at most 8 addresses are kept', () => {
  const { hear, ignored } = setupPresence()
  hear(toAnnouncement({ addresses: Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`) }))
  assert.is(ignored['addresses beyond the limit'], 92)
})

hostile('one that comes and goes for ever fills the log slowly', () => {
  const { hear, pass, told } = setupPresence()
  for (let i = 0; i < 3_600; i += 1) {
    hear(toAnnouncement())
    hear(toAnnouncement({ ttl: 0 }))
    pass(2_000)
  }
  const found = told.filter((line) => line.includes('found')).length
  assert.ok(found > 300 && found <= 300 + 720, `${found} reports in two hours of 3,600 arrivals`)
  assert.ok(told.filter((line) => line.includes('lost')).length <= found)
})

hostile('a move that had to wait is reported when there is room again', () => {
  const { hear, pass, told } = setupPresence()
  for (let i = 0; i < 600; i += 1) {
    hear(toAnnouncement({ addresses: [`10.0.0.${i % 2}`] }))
    pass(2_500)
  }
  hear(toAnnouncement({ addresses: ['10.0.0.99'] }))
  pass(12_000)
  assert.match(told.at(-1) ?? '', /moved Desk 10\.0\.0\.99$/)
})

hostile('a TTL of a second or of years changes little', () => {
  const { hear, pass, told, asked } = setupPresence()
  hear(toAnnouncement({ ttl: 1 }))
  pass(60_000)
  assert.equal(told, ['0 found Desk 192.168.1.20', '10000 lost Desk silence'])
  assert.ok(asked('SRV').length <= 4)
  hear(toAnnouncement({ ttl: 2 ** 31 - 1 }))
  pass(4_501_000)
  assert.match(told.at(-1) ?? '', /lost Desk silence$/)
})

for (const [what, packet] of [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'answers'],
  ['answers that are no list', { answers: 5, additionals: 'x' }],
  ['holes', { answers: new Array(100), additionals: [null, undefined, 7, []] }],
  [
    'records without fields',
    { answers: [{}, { name: 5 }, { type: 'PTR' }, { name: '_wled._tcp.local', type: 'PTR' }] },
  ],
  ['an error', { rcode: 'SERVFAIL', answers: toAnnouncement() }],
  ['an update', { opcode: 'UPDATE', answers: toAnnouncement() }],
] as const) {
  hostile(`a packet with ${what} is nothing (RFC 6762 §18)`, () => {
    const { presence, pass, told } = setupPresence()
    presence.take(packet, '192.168.1.20')
    pass(1_000)
    assert.equal([presence.size, told], [0, []])
  })
}

for (const [what, change] of [
  ['a port of 0', { type: 'SRV', data: { port: 0, target: 'desk.local' } }],
  ['no target (RFC 2782)', { type: 'SRV', data: { port: 80, target: '.' } }],
  ['a negative TTL', { type: 'SRV', ttl: -1 }],
  ['another class', { type: 'SRV', class: 'CH' }],
] as const) {
  hostile(`an SRV record with ${what} is not taken`, () => {
    const { hear, pass, told } = setupPresence()
    hear(toAnnouncement().map((record) => (record.type === change.type ? { ...record, ...change } : record)))
    pass(1_000)
    assert.equal(told, [])
  })
}

for (const [texts, mac, ddpPort] of [
  [['mac=zz', 'ddp=99999'], null, null],
  [['mac', 'ddp='], null, null],
  [['=', '', 'mac=aabbccddeeff', 'mac=112233445566', 'ddp=1e3'], 'aabbccddeeff', null],
  [['MAC=AABBCCDDEEFF', 'DDP=4048'], 'aabbccddeeff', 4_048],
  [['mac=aabbccddeeff\n', 'ddp=-1'], null, null],
] as const) {
  hostile(`the TXT record ${JSON.stringify(texts)} is read with care (RFC 6763 §6.4)`, () => {
    const { hear, events } = setupPresence()
    hear(toAnnouncement({ texts }))
    assert.equal([events[0]?.controller.mac, events[0]?.controller.ddp_port], [mac, ddpPort])
  })
}

const described = fc.record({
  name: fc.constantFrom('A', 'B', 'a', 'C.D'),
  host: fc.constantFrom('one.local', 'two.local'),
  port: fc.constantFrom(0, 80, 81),
  texts: fc.constantFrom<readonly string[]>([], ['mac=aabbccddeeff'], ['mac=112233445566'], ['ddp=4100']),
  addresses: fc.constantFrom<readonly string[]>(
    [],
    ['10.0.0.1'],
    ['10.0.0.2'],
    ['10.0.0.1', '10.0.0.2'],
    ['8.8.8.8'],
  ),
  ttl: fc.constantFrom(0, 1, 120, 4_500, 2 ** 31 - 1),
})
const packet = described.chain((some) =>
  fc.shuffledSubarray([toPointer(some), toService(some), toText(some), ...toAddresses(some)]),
)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('hear' as const), packet }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 100, 1_000, 10_000, 200_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.constantFrom(5_000, 5_000_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'ask' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('noise' as const), value: fc.anything() }) },
)

hostile('whatever is heard: found once, moved to somewhere else, lost once, and never busy', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { presence, events, hear, pass, sleep } = setupPresence(['aabbccddeeff'])
      for (const one of steps) {
        if (one.kind === 'hear') hear(one.packet)
        else if (one.kind === 'pass') pass(one.ms)
        else if (one.kind === 'sleep') sleep(one.ms)
        else if (one.kind === 'ask') presence.ask()
        else presence.take({ answers: [one.value], additionals: one.value }, '192.168.1.20')
      }
      assert.ok(presence.size <= MAX_CONTROLLERS)
      const places = new Map<string, string>()
      for (const event of events) {
        const { key, address, port, ddp_port } = event.controller
        const place = `${address} ${port} ${ddp_port}`
        assert.is(places.has(key), event.kind !== 'found', `${event.kind} of ${key}`)
        if (event.kind === 'moved') assert.is.not(places.get(key), place)
        if (event.kind === 'lost') places.delete(key)
        else places.set(key, place)
      }
      // Left alone, everything ends: nothing is kept that nobody renews.
      pass(4 * 4_500_000)
      assert.is(presence.size, 0)
    }),
    { numRuns: 500 },
  )
})

hostile.run()
