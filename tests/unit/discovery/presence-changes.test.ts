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

const presence = suite('controllers that move and go')

presence('keeps a controller that answers when it is asked again, for as long as it does', () => {
  const { hear, pass, told, queries, now } = setupPresence()
  hear(toAnnouncement())
  const endMs = 24 * 3_600_000
  let answered = 0
  while (now() < endMs) {
    pass(1_000)
    if (queries.length === answered) continue
    answered = queries.length
    hear(toAnnouncement())
  }
  assert.equal(told, ['0 found Desk 192.168.1.20'])
  assert.ok(answered >= 24 * 30, 'it was asked every 96 s')
})

presence('says how long it had heard nothing', () => {
  const { hear, pass, events } = setupPresence()
  hear(toAnnouncement())
  pass(50_000)
  hear([toText()])
  pass(120_000)
  const [, lost] = events
  assert.is(lost?.kind === 'lost' && lost.silentMs, 70_000)
})

presence('does not take its own sleep for silence', () => {
  const { presence: subject, hear, sleep, pass, told, asked } = setupPresence()
  hear(toAnnouncement())
  sleep(7_200_000)
  pass(500)
  assert.equal(told, ['0 found Desk 192.168.1.20'])
  assert.ok(asked('SRV').length === 1, 'it asks first')
  hear(toAnnouncement())
  pass(60_000)
  assert.equal([told.length, subject.size], [1, 1])

  sleep(7_200_000)
  pass(3_000)
  assert.is(told.length, 2, 'and misses it once two questions went unanswered')
})

presence('takes a goodbye after a second (RFC 6762 §10.1)', () => {
  for (const gone of [[toPointer({ ttl: 0 })], [toService({ ttl: 0 })], toAnnouncement({ ttl: 0 })]) {
    const { hear, pass, told, presence: subject } = setupPresence()
    hear(toAnnouncement())
    pass(5_000)
    hear(gone)
    pass(999)
    assert.is(told.length, 1)
    pass(60_000)
    assert.equal(told.slice(1), ['6000 lost Desk goodbye'])
    assert.is(subject.size, 0)
  }
})

presence(
  'hears a goodbye that is followed by an announcement within a second as no loss (RFC 6762 §10.1)',
  () => {
    const { hear, pass, told } = setupPresence()
    hear(toAnnouncement())
    pass(5_000)
    hear(toAnnouncement({ ttl: 0 }))
    pass(900)
    hear(toAnnouncement())
    pass(60_000)
    assert.equal(told, ['0 found Desk 192.168.1.20'])
  },
)

presence('reports one that comes back as found again', () => {
  const { hear, pass, told } = setupPresence()
  hear(toAnnouncement())
  hear(toAnnouncement({ ttl: 0 }))
  pass(2_000)
  hear(toAnnouncement())
  assert.equal(told, ['0 found Desk 192.168.1.20', '1000 lost Desk goodbye', '2000 found Desk 192.168.1.20'])
})

presence('ignores the goodbye of one it does not know', () => {
  const { hear, pass, told, presence: subject } = setupPresence()
  hear(toAnnouncement({ ttl: 0 }))
  pass(10_000)
  assert.equal([told, subject.size], [[], 0])
})

presence('follows a new address with the cache-flush bit, once (RFC 6762 §10.2)', () => {
  const { hear, pass, told, events } = setupPresence()
  hear(toAnnouncement())
  pass(5_000)
  hear(toAnnouncement({ addresses: ['192.168.1.30'] }))
  hear(toAnnouncement({ addresses: ['192.168.1.30'] }))
  pass(30_000)
  hear(toAnnouncement({ addresses: ['192.168.1.30'] }))
  pass(30_000)
  assert.equal(told, ['0 found Desk 192.168.1.20', '6000 moved Desk 192.168.1.30'])
  const [, moved] = events
  assert.is(moved?.kind === 'moved' && moved.previous.address, '192.168.1.20')
})

presence('keeps to its choice among several addresses, in whatever order they come', () => {
  const { hear, pass, told } = setupPresence()
  const both = ['192.168.1.20', '10.0.0.20']
  hear(toAnnouncement({ addresses: both }), '10.0.0.20')
  for (let i = 0; i < 5; i += 1) {
    pass(40_000)
    hear(
      toAnnouncement({ addresses: i % 2 ? both : [...both].reverse() }),
      i % 2 ? '192.168.1.20' : '10.0.0.20',
    )
  }
  assert.equal(told, ['0 found Desk 10.0.0.20'], 'the one it spoke from first')
})

presence('hears one address per packet of a host with two as no move (RFC 6762 §10.2)', () => {
  const { hear, pass, told } = setupPresence()
  hear(toAnnouncement({ addresses: ['192.168.1.20'] }))
  for (let i = 0; i < 5; i += 1) {
    pass(500)
    hear(toAddresses({ addresses: ['10.0.0.20'] }), '10.0.0.20')
    pass(500)
    hear(toAddresses({ addresses: ['192.168.1.20'] }))
    pass(20_000)
  }
  assert.equal(told, ['0 found Desk 192.168.1.20'])
})

presence('leaves an address that is not renewed for the other', () => {
  const { hear, pass, told } = setupPresence()
  hear([toPointer(), toText(), toService({ ttl: 4_500 })])
  hear(toAddresses({ addresses: ['192.168.1.20'], ttl: 60 }))
  hear(toAddresses({ addresses: ['10.0.0.20'], ttl: 4_500 }))
  pass(100_000)
  assert.equal(told, ['0 found Desk 192.168.1.20', '61000 moved Desk 10.0.0.20'])
})

presence('gives one that takes back its address 10 s to tell another (RFC 6762 §10.4)', () => {
  const { hear, pass, told, asked } = setupPresence()
  hear(toAnnouncement())
  pass(5_000)
  hear(toAddresses({ ttl: 0 }))
  pass(5_000)
  assert.is(told.length, 1)
  assert.ok(asked('A').length >= 2, 'it is asked for')
  hear(toAddresses({ addresses: ['192.168.1.30'] }))
  pass(5_000)
  assert.equal(told.slice(1), ['11000 moved Desk 192.168.1.30'])

  hear(toAddresses({ addresses: ['192.168.1.30'], ttl: 0 }))
  pass(60_000)
  assert.equal(told.slice(2), ['26000 lost Desk goodbye'])
})

presence('follows its service to another host, whose addresses are others', () => {
  const { hear, pass, told } = setupPresence()
  hear(toAnnouncement())
  pass(5_000)
  const changed = { host: 'desk-2.local', addresses: ['192.168.1.30'] }
  hear([toService(changed)])
  hear(toAddresses(changed).map((record) => ({ ...record, flush: false })))
  pass(30_000)
  assert.equal(told, ['0 found Desk 192.168.1.20', '6000 moved Desk 192.168.1.30'])

  hear(toAddresses({ ...changed, addresses: ['192.168.1.31'] }))
  pass(5_000)
  hear([toService({ host: 'desk-3.local' })])
  pass(60_000)
  assert.equal(told.slice(2), ['36000 moved Desk 192.168.1.31', '50000 lost Desk silence'])
})

presence('reports a changed port as a move, together with what else changed in that second', () => {
  const { hear, pass, told, events } = setupPresence()
  hear(toAnnouncement({ texts: ['mac=aabbccddeeff', 'ddp=4100'] }))
  pass(5_000)
  hear([toService({ port: 8_080 })])
  pass(300)
  hear([toText({ texts: ['mac=aabbccddeeff', 'ddp=4200'] })])
  pass(60_000)
  assert.equal(told.slice(1), ['6000 moved Desk 192.168.1.20'])
  const { controller } = events[1] ?? {}
  assert.equal([controller?.port, controller?.ddp_port], [8_080, 4_200])
})

presence('tells another controller under the same name as one lost and one found', () => {
  const { hear, pass, told, events } = setupPresence()
  hear(toAnnouncement())
  pass(5_000)
  hear(toAnnouncement({ texts: ['mac=112233445566'], addresses: ['192.168.1.20'] }))
  pass(5_000)
  assert.equal(told.slice(1), ['5000 lost Desk goodbye', '5000 found Desk 192.168.1.20'])
  assert.equal(
    events.map(({ controller }) => controller.mac),
    ['aabbccddeeff', 'aabbccddeeff', '112233445566'],
  )
})

presence.run()
