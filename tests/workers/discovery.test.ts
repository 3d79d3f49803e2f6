// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type {
  DiscoveryCommand,
  DiscoveryOptions,
  DiscoveryReport,
  PresenceReport,
  VirtualControllerCommand,
  VirtualControllerOptions,
  VirtualControllerReport,
} from '../../src/protocol/worker-messages.ts'
import { startMdnsPublisher } from '../support/mdns-publisher.ts'
import { presenceOf } from '../support/presence-reports.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import { waitFor } from '../support/wait-for.ts'

const discovery = suite('discovery worker')

/** Loopback's multicast is shared with whatever else runs here: each test looks at its own names only. */
let names = 0
function uniqueName(): string {
  names += 1
  return `Test ${process.pid} ${names}`
}

async function setup(known: DiscoveryOptions['known'] = []) {
  const spawned = await spawnWorker<DiscoveryOptions, DiscoveryCommand, DiscoveryReport>('discovery', {
    interface: '127.0.0.1',
    known,
  })
  const reportsOf = (name: string): PresenceReport[] =>
    presenceOf(spawned.reports).filter(({ controller }) => controller.name === name)
  return {
    spawned,
    /** What the worker said of `name` so far: `found 127.0.0.1` … */
    told: (name: string) =>
      reportsOf(name).map(
        ({ kind, controller }) => `${kind.replace('controller-', '')} ${controller.address}`,
      ),
    entries: (name: string) => spawned.drafts.filter(({ metadata }) => JSON.parse(metadata).name === name),
    until: (name: string, count: number, timeoutMs = 10_000) =>
      spawned.until(
        () => reportsOf(name).length >= count && reportsOf(name),
        `report ${count} of ${name}`,
        timeoutMs,
      ),
  }
}

discovery('tells of a controller once when found, once when moved, once when gone', async () => {
  const name = uniqueName()
  const publisher = await startMdnsPublisher({ name, port: 8_080, texts: ['mac=AABBCCDDEEFF', 'ddp=4100'] })
  const { spawned, until, told, entries } = await setup()

  const [found] = await until(name, 1)
  assert.equal(found, {
    kind: 'controller-found',
    controller: {
      key: `${name.toLowerCase()}._wled._tcp.local`,
      name,
      address: '127.0.0.1',
      port: 8_080,
      mac: 'aabbccddeeff',
      ddp_port: 4_100,
    },
  })
  await publisher.announce()
  publisher.address = '127.0.0.2'
  await publisher.announce()
  await until(name, 2)
  await publisher.announce()
  // Who says goodbye answers no more: an answer within a second takes it back (RFC 6762 §10.1).
  publisher.answers = []
  await publisher.announce(0)
  const [, moved, lost] = await until(name, 3)
  assert.is(moved?.kind === 'controller-moved' && moved.previous_address, '127.0.0.1')
  assert.is(lost?.kind === 'controller-lost' && lost.reason, 'goodbye')

  assert.equal(told(name), ['found 127.0.0.1', 'moved 127.0.0.2', 'lost 127.0.0.2'])
  assert.equal(
    entries(name).map(({ category, action, message, entityType, entityId, entityName }) => [
      `${category} ${action}`,
      message,
      `${entityType} ${entityId} ${entityName}`,
    ]),
    [
      ['device device_discovered', `${name} was found at 127.0.0.1.`, `controller aabbccddeeff ${name}`],
      [
        'device device_address_changed',
        `${name} moved from 127.0.0.1 to 127.0.0.2.`,
        `controller aabbccddeeff ${name}`,
      ],
      [
        'device device_lost',
        `${name} left the network; it was at 127.0.0.2.`,
        `controller aabbccddeeff ${name}`,
      ],
    ],
  )
  await spawned.stop()
  await publisher.stop()
})

discovery('asks for SRV, TXT and A of a controller that does not tell them along', async () => {
  const name = uniqueName()
  const publisher = await startMdnsPublisher({ name, port: 80, texts: ['mac=aabbccddee01'] })
  publisher.hasAdditionals = false
  const { spawned, until } = await setup()
  const [found] = await until(name, 1)
  assert.equal([found?.controller.mac, found?.controller.address], ['aabbccddee01', '127.0.0.1'])
  const instance = `${name}._wled._tcp.local`
  for (const type of ['SRV', 'TXT']) assert.ok(publisher.asked.includes(`${type} ${instance}`))
  await spawned.stop()
  await publisher.stop()
})

discovery('finds a name with dots whole, and our device behind its MAC', async () => {
  const name = `WLED v0.15.1 (${process.pid})`
  const mac = (0xda_00_00_00_00_00 + process.pid).toString(16)
  const device = { mac, device_id: 'device_1', device_name: 'Shelf' }
  const { spawned, until, entries } = await setup([device])
  const controller = await spawnWorker<
    VirtualControllerOptions,
    VirtualControllerCommand,
    VirtualControllerReport
  >('virtual-controller', { name, mac, led_count: 3, http_port: 0, ddp_port: 0, realtime_port: 0 })
  const [ports] = controller.reports
  const [found] = await until(name, 1)
  assert.equal(found?.controller, {
    key: `${name.toLowerCase()}._wled._tcp.local`,
    name,
    address: '127.0.0.1',
    port: ports?.http_port,
    mac,
    ddp_port: ports?.ddp_port,
  })
  await controller.stop()
  await until(name, 2)
  assert.equal(
    entries(name).map(({ message, entityType, entityId, entityName }) => [
      message,
      `${entityType} ${entityId} ${entityName}`,
    ]),
    [
      ['Shelf was found at 127.0.0.1.', 'device device_1 Shelf'],
      ['Shelf left the network; it was at 127.0.0.1.', 'device device_1 Shelf'],
    ],
  )
  await spawned.stop()
})

discovery('keeps asking for one of our devices while it is away', async () => {
  const name = uniqueName()
  const mac = 'aabbccddee02'
  const { spawned, until } = await setup([{ mac, device_id: 'device_2', device_name: 'Bar' }])
  const publisher = await startMdnsPublisher({ name, port: 80, texts: [`mac=${mac}`] })
  // It announced nothing: only questions can find it, and the first ones of a start are long over by the third.
  publisher.answers = []
  const browses = () => publisher.asked.filter((asked) => asked.startsWith('PTR')).length
  await waitFor(() => browses() >= 4, 'questions at 1, 2, 4 and 5 s', 30_000)
  publisher.answers = ['PTR', 'SRV', 'TXT', 'A']
  await until(name, 1, 15_000)
  await spawned.stop()
  await publisher.stop()
})

discovery('asks at once when it is told to', async () => {
  const name = uniqueName()
  const { spawned, until } = await setup()
  const publisher = await startMdnsPublisher({ name, port: 80, texts: [] })
  spawned.send({ kind: 'ask' })
  await until(name, 1)
  spawned.send({ kind: 'known', known: [] })
  await spawned.stop()
  await publisher.stop()
})

discovery('notices silence, after it asked again', async () => {
  const name = uniqueName()
  const publisher = await startMdnsPublisher({ name, port: 80, texts: [], ttlSeconds: 10 })
  const { spawned, until, told, entries } = await setup()
  await until(name, 1)
  publisher.answers = []
  publisher.asked.length = 0
  const [, lost] = await until(name, 2, 30_000)
  assert.is(lost?.kind === 'controller-lost' && lost.reason, 'silence')
  assert.equal(told(name), ['found 127.0.0.1', 'lost 127.0.0.1'])
  assert.match(entries(name).at(-1)?.message ?? '', /has not answered for \d+ s; it was at 127\.0\.0\.1\.$/)
  assert.ok(publisher.asked.filter((asked) => asked.startsWith('SRV')).length >= 2, `${publisher.asked}`)
  await spawned.stop()
  await publisher.stop()
})

discovery('lives through hostile packets, and says so once', async () => {
  const name = uniqueName()
  const publisher = await startMdnsPublisher({ name, port: 80, texts: [] })
  const { spawned, until } = await setup()
  await until(name, 1)

  for (const bytes of hostilePackets()) await publisher.sendRaw(bytes)
  const dirty = `\u001b[2J\u202e${name}\u0007`
  const found = await waitFor(async () => {
    // Repeated: the noise before may have filled the socket's buffer.
    await publisher.respond(toRecords(dirty, ['mac=aabbccddee03'], '127.0.0.1'))
    return presenceOf(spawned.reports).find(({ controller }) => controller.mac === 'aabbccddee03')
  }, 'the controller with a hostile name')
  assert.is(found.controller.name, `\ufffd${name}\ufffd`)
  const liar = `${name} liar`
  for (const address of ['8.8.8.8', '224.0.0.251', '0.0.0.0']) {
    await publisher.respond(toRecords(liar, ['\u001b[31mmac=\u0000', 'mac=zz', 'ddp=99999'], address))
  }

  const after = uniqueName()
  const second = await startMdnsPublisher({ name: after, port: 80, texts: [] })
  await second.announce()
  await until(after, 1)
  assert.is(
    presenceOf(spawned.reports).some(({ controller }) => controller.name === liar),
    false,
  )
  assert.is(spawned.logs.filter(({ message }) => message === 'mDNS packets were ignored').length, 1)
  assert.equal(
    spawned.logs.filter(({ level }) => level === 'error'),
    [],
  )
  await spawned.stop()
  await second.stop()
  await publisher.stop()
})

function toRecords(name: string, texts: readonly string[], address: string): readonly object[] {
  const service = '_wled._tcp.local'
  const instance = `${name}.${service}`
  const host = `${process.pid}-hostile.local`
  return [
    { name: service, type: 'PTR', ttl: 120, data: instance },
    { name: instance, type: 'SRV', ttl: 120, data: { port: 81, target: host } },
    { name: instance, type: 'TXT', ttl: 120, data: [...texts] },
    { name: host, type: 'A', ttl: 120, data: address },
  ]
}

/** A fixed sequence of noise (Park and Miller's generator), and messages that lie about themselves. */
function hostilePackets(): Buffer[] {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const noise = Array.from({ length: 500 }, () =>
    Buffer.from(Array.from({ length: random(200) }, () => random(256))),
  )
  const response = (counts: string, rest: string): Buffer =>
    Buffer.from(`00008400${counts}${rest}`.replaceAll(' ', ''), 'hex')
  const service = ['_wled', '_tcp', 'local'].map((label) => String.fromCharCode(label.length) + label)
  const pointer = Buffer.from(`${service.join('')}\0`)
  return [
    ...noise,
    response('ffff ffff ffff ffff', ''),
    // A name that points at itself, and one that points past the end.
    response('0000 0001 0000 0000', 'c00c 000c 0001 00000078 0002 c00c'),
    response('0000 0001 0000 0000', 'ffff 000c 0001 00000078 0002 c00c'),
    // A PTR whose target is longer than the packet.
    Buffer.concat([
      response('0000 0001 0000 0000', ''),
      pointer,
      Buffer.from('000c000100000078ffff3f', 'hex'),
    ]),
    Buffer.alloc(9_000, 0xc0),
    Buffer.alloc(60_000, 0xc0),
  ]
}

discovery('stops within a second', async () => {
  const { spawned } = await setup()
  const started = performance.now()
  await spawned.stop()
  assert.ok(performance.now() - started < 1_000)
})

discovery.run()
