import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  setupPresence,
  toAddresses,
  toAnnouncement,
  toPointer,
  toService,
  toText,
} from '../../support/presence.ts'

const presence = suite('finding controllers')

const INSTANCE = 'Desk._wled._tcp.local'
const SERVICE = '_wled._tcp.local'

presence('asks nothing before it was told to', () => {
  const { queries, pass } = setupPresence(['aabbccddeeff'])
  pass(100_000_000)
  assert.equal(queries, [])
})

presence('asks at 1, 2, 4 … s and then every hour (RFC 6762 §5.2)', () => {
  const { presence: subject, asked, pass } = setupPresence()
  subject.ask()
  pass(4 * 3_600_000)
  const times = asked('PTR').map((line) => Number(line.split(' ')[0]))
  const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1_000)
  assert.is(times[0], 20, 'after a short delay')
  assert.equal(gaps, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600])
})

presence(
  'asks at once when told to, and begins the back-off anew, but not twice a second (RFC 6762 §5.2)',
  () => {
    const { presence: subject, asked, pass, now } = setupPresence()
    subject.ask()
    pass(1_000_000)
    const before = asked('PTR').length
    const from = now()
    for (let i = 0; i < 5; i += 1) {
      subject.ask()
      pass(100)
    }
    pass(4_000)
    const times = asked('PTR')
      .slice(before)
      .map((line) => Number(line.split(' ')[0]) - from)
    assert.equal(times, [20, 1_020, 2_020, 4_020])
  },
)

presence('reports a controller once, when all of it is told in one packet', () => {
  const { hear, pass, told, events, asked } = setupPresence()
  const texts = ['MAC=AA:BB:CC:DD:EE:FF', 'ddp=4100']
  hear(toAnnouncement({ texts }))
  hear(toAnnouncement({ texts }))
  pass(60_000)
  hear(toAnnouncement({ texts }))
  assert.equal(told, ['0 found Desk 192.168.1.20'])
  assert.equal(events[0]?.controller, {
    key: 'desk._wled._tcp.local',
    name: 'Desk',
    address: '192.168.1.20',
    port: 80,
    mac: 'aabbccddeeff',
    ddp_port: 4_100,
  })
  assert.equal(asked(), [], 'nothing was missing')
})

presence('reads a packet in any order of its records', () => {
  const { hear, told } = setupPresence()
  hear(toAnnouncement().reverse())
  assert.equal(told, ['0 found Desk 192.168.1.20'])
})

presence('waits for SRV, TXT and A that come in packets of their own', () => {
  const { hear, pass, told, asked } = setupPresence()
  for (const record of toAnnouncement()) {
    assert.equal(told, [])
    hear([record])
    pass(20)
  }
  assert.equal(told, ['60 found Desk 192.168.1.20'])
  assert.equal(asked(), [])
})

presence('asks for what is missing, again and again with back-off, before it reports', () => {
  const { hear, pass, told, asked } = setupPresence()
  hear([toPointer()])
  pass(100)
  assert.equal(asked(), [`100 SRV ${INSTANCE}`, `100 TXT ${INSTANCE}`])
  hear([toService(), toText()])
  pass(4_000)
  assert.equal(asked('A'), ['200 A desk.local', '1200 A desk.local', '3200 A desk.local'])
  assert.equal(told, [])
  hear(toAddresses())
  assert.equal(told, ['4100 found Desk 192.168.1.20'])
})

presence('reports one that has no TXT record, after it was asked for it in vain (RFC 6763 §6.1)', () => {
  const { hear, pass, told, events } = setupPresence()
  hear([toPointer(), toService(), ...toAddresses()])
  pass(10_000)
  assert.equal(told, ['7100 found Desk 192.168.1.20'])
  assert.is(events[0]?.controller.mac, null)
  hear([toText()])
  pass(5_000)
  hear(toAnnouncement({ ttl: 0 }))
  pass(1_000)
  assert.is(events[1]?.kind, 'lost')
  assert.is(events[1]?.controller.mac, 'aabbccddeeff', 'what it says later is known when it goes')
})

presence('follows one that tells its first TXT record and a new port at once', () => {
  const { hear, pass, told, events } = setupPresence()
  hear([toPointer(), toService(), ...toAddresses()])
  pass(10_000)
  hear([toService({ port: 8_080 }), toText()])
  pass(1_000)
  assert.equal(told.slice(1), ['11000 moved Desk 192.168.1.20'])
  assert.equal([events[1]?.controller.port, events[1]?.controller.mac], [8_080, 'aabbccddeeff'])
})

presence('does not report what it never heard announced, and forgets it', () => {
  const { presence: subject, hear, pass, told } = setupPresence()
  hear(toAddresses())
  assert.is(subject.size, 0)
  hear([toPointer({ ttl: 10 })])
  assert.is(subject.size, 1)
  pass(20_000)
  assert.equal([subject.size, told], [0, []])
})

presence('asks for a record at 80, 85, 90 and 95 % of its TTL, then misses it (RFC 6762 §5.2)', () => {
  const { hear, pass, told, asked } = setupPresence()
  hear([toPointer(), toText(), toService(), ...toAddresses({ ttl: 1_000 })])
  pass(121_000)
  assert.equal(
    asked('SRV'),
    [96, 102, 108, 114].map((second) => `${second * 1_000} SRV ${INSTANCE}`),
  )
  assert.equal(told, ['0 found Desk 192.168.1.20', '120000 lost Desk silence'])
})

presence('adds a random part of up to 2 % of the TTL to that (RFC 6762 §5.2)', () => {
  const { hear, pass, asked } = setupPresence([], 0.999)
  hear([toPointer(), toText(), toService(), ...toAddresses({ ttl: 1_000 })])
  pass(120_000)
  const [first = ''] = asked('SRV')
  assert.ok(Number(first.split(' ')[0]) > 98_300 && Number(first.split(' ')[0]) < 98_400, first)
})

presence(
  'keeps dots in names, and tells names apart without regard to the case of ASCII (RFC 6762 §16)',
  () => {
    const { hear, events, asked, pass } = setupPresence()
    const name = 'WLED v0.15.1 (Küche)'
    hear([toPointer({ name }), toText({ name })])
    pass(100)
    assert.equal(asked(), [`100 SRV ${name}._wled._tcp.local`])
    hear([toService({ name: name.replace('WLED', 'wled') }), ...toAddresses()])
    assert.equal(
      events.map(({ controller }) => [controller.name, controller.key]),
      [[name, 'wled v0.15.1 (küche)._wled._tcp.local']],
    )
    hear([toPointer({ name: name.replace('ü', 'Ü') })])
    pass(100)
    assert.equal(asked('TXT'), ['200 TXT WLED v0.15.1 (KÜche)._wled._tcp.local'])
  },
)

presence('asks every 5 s while one of our devices is away, and only then', () => {
  const { presence: subject, hear, pass, asked } = setupPresence(['aabbccddeeff'])
  subject.ask()
  pass(3_600_000)
  const away = asked('PTR').length
  assert.ok(away >= 720 && away <= 735, `${away} questions in an hour`)
  hear(toAnnouncement({ ttl: 4_500 }))
  pass(600_000)
  assert.ok(asked('PTR').length - away <= 1, 'it is there')

  subject.setKnownMacs(['aabbccddeeff', '112233445566'])
  pass(60_000)
  const one = asked('PTR').length
  assert.ok(one - away >= 12, 'another is not')
  subject.setKnownMacs(['aabbccddeeff'])
  pass(60_000)
  assert.ok(asked('PTR').length - one <= 1, 'nor is it ours any more')
  hear(toAnnouncement({ ttl: 0 }))
  pass(60_000)
  assert.ok(asked('PTR').length - one >= 11, 'it left')
})

presence('goes on with its back-off while it asks every 5 s', () => {
  const { presence: subject, asked, pass } = setupPresence(['aabbccddeeff'])
  subject.ask()
  pass(62_000)
  const before = asked('PTR').length
  subject.setKnownMacs([])
  pass(66_000)
  assert.equal(asked('PTR').slice(before), [`63020 PTR ${SERVICE}`, `127020 PTR ${SERVICE}`])
})

presence('tells who it knows when it asks, unless somebody wants to hear all (RFC 6762 §7.1)', () => {
  const { presence: subject, hear, pass, queries } = setupPresence()
  hear(toAnnouncement())
  hear([toPointer({ name: 'Half told' })])
  subject.ask()
  pass(1_100)
  const browses = queries.filter(({ query }) => query.questions.some(({ type }) => type === 'PTR'))
  assert.equal(
    browses.map(({ query }) => query.knownAnswers),
    [[], [{ instance: INSTANCE, remainingSeconds: 4_498 }]],
  )
})

presence('does not tell as known what has less than half of its life left (RFC 6762 §7.1)', () => {
  const { presence: subject, hear, pass, queries } = setupPresence()
  hear(toAnnouncement({ ttl: 100 }))
  subject.ask()
  pass(64_000)
  const known = queries
    .filter(({ query }) => query.questions.some(({ name }) => name === SERVICE))
    .map(({ atMs, query }) => [Math.floor(atMs / 1_000), query.knownAnswers.length])
  assert.equal(known, [
    [0, 0],
    [1, 1],
    [3, 1],
    [7, 1],
    [15, 1],
    [31, 1],
    [63, 0],
  ])
})

presence.run()
