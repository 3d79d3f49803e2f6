import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket as TcpSocket } from 'node:net'
import makeMdns from 'multicast-dns'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDeadline } from '../../src/lib/deadline.ts'
import type {
  VirtualControllerCommand,
  VirtualControllerOptions,
  VirtualControllerReport,
} from '../../src/protocol/worker-messages.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import { waitFor } from '../support/wait-for.ts'

const worker = suite('virtual controller worker')

const OWN = '805000'
const BLACK = '000000'
let macs = 0

async function setup(options: Partial<VirtualControllerOptions> = {}) {
  macs += 1
  const full: VirtualControllerOptions = {
    name: `Test v1.${macs} (${process.pid})`,
    mac: (0xaa_00_00_00_00_00 + process.pid * 256 + macs).toString(16),
    led_count: 3,
    http_port: 0,
    ddp_port: 0,
    realtime_port: 0,
    ...options,
  }
  const spawned = await spawnWorker<
    VirtualControllerOptions,
    VirtualControllerCommand,
    VirtualControllerReport
  >('virtual-controller', full)
  const [ports] = spawned.reports
  assert.ok(ports, 'the ports are known as soon as it is ready')
  const url = `http://127.0.0.1:${ports.http_port}`
  const udp = createSocket('udp4')
  const send = (port: number, hex: string): void =>
    udp.send(Buffer.from(hex.replaceAll(' ', ''), 'hex'), port, '127.0.0.1')
  const get = async (path: string) => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(5_000) })
    // biome-ignore lint/suspicious/noExplicitAny: JSON of WLED; each test names what it reads.
    return (await response.json()) as any
  }
  const leds = async (): Promise<string[]> => (await get('/json/live')).leds
  return {
    ...full,
    spawned,
    ports,
    url,
    get,
    leds,
    post: (path: string, body: string, method = 'POST') =>
      fetch(url + path, { method, body, signal: AbortSignal.timeout(5_000) }),
    ddp: (hex: string) => send(ports.ddp_port, hex),
    realtime: (hex: string) => send(ports.realtime_port, hex),
    shows: (...wanted: string[]) =>
      waitFor(async () => `${await leds()}` === `${wanted}`, `the LEDs to show ${wanted}`, 5_000),
    stop: async () => {
      udp.close()
      await spawned.stop()
    },
  }
}

interface Heard {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly data: unknown
}

/** Every record heard on loopback's multicast, in order. */
async function listen() {
  const heard: Heard[] = []
  const mdns = makeMdns({ interface: '127.0.0.1', bind: '0.0.0.0' })
  mdns.on('response', (response) => {
    heard.push(...([...(response.answers ?? []), ...(response.additionals ?? [])] as Heard[]))
  })
  await once(mdns, 'ready')
  return {
    heard,
    ask: (name: string, type: 'PTR' | 'SRV') => mdns.query({ questions: [{ name, type }] }),
    count: (name: string, type: string, isGoodbye = false) =>
      heard.filter(
        (record) => record.name === name && record.type === type && (record.ttl === 0) === isGoodbye,
      ).length,
    close: () => new Promise<void>((resolve) => mdns.destroy(resolve)),
  }
}

worker('shows the golden vectors of every protocol', async () => {
  const { ddp, realtime, shows, ports, get, stop } = await setup({ led_count: 8 })
  const rest = (count: number): string[] => Array.from({ length: count }, () => BLACK)
  assert.ok(ports.ddp_port !== ports.realtime_port)

  ddp('41 01 0b 01 00 00 00 00 00 06 ff 00 01 00 80 02')
  await shows('FF0001', '008002', ...rest(6))
  const { live, lm, lip } = await get('/json/info')
  assert.equal({ live, lm, lip }, { live: true, lm: 'DDP', lip: '127.0.0.1' })

  realtime('01 02 07 ff 00 01')
  await shows('FF0001', '008002', ...rest(5), 'FF0001')
  assert.is((await get('/json/info')).lm, 'UDP')
  realtime('02 02 00 00 01 00 80 03')
  await shows('000001', '008003', ...rest(5), 'FF0001')
  realtime('04 02 00 02 ff 00 01 00 80 02')
  await shows('000001', '008003', 'FF0001', '008002', ...rest(3), 'FF0001')
  realtime('03 02 ff 00 01 00 00 00 00 09')
  await shows('FF0001', '090909', 'FF0001', '008002', ...rest(3), 'FF0001')
  realtime('05 02 00 06 01 02 03 00 04 05 06 00')
  await shows('FF0001', '090909', 'FF0001', '008002', ...rest(2), '010203', '040506')
  await stop()
})

worker('holds back a frame until its PUSH', async () => {
  const { ddp, realtime, shows, leds, get, ports, stop } = await setup({ led_count: 600 })
  const packet = (flags: string, offsetLeds: number, color: string, count: number): string =>
    `${flags} 00 0b 01 ${(offsetLeds * 3).toString(16).padStart(8, '0')} ` +
    (count * 3).toString(16).padStart(4, '0') +
    color.repeat(count)
  const frame = (color: string): string[] => Array.from({ length: 600 }, () => color)

  ddp(packet('40', 0, '010101', 480))
  ddp(packet('41', 480, '010101', 120))
  await shows(...frame('010101'))
  // From another address, so that `lip` says when it has been taken in.
  const elsewhere = createSocket('udp4')
  elsewhere.bind(0, '127.0.0.2')
  elsewhere.send(
    Buffer.from(packet('40', 0, '020202', 480).replaceAll(' ', ''), 'hex'),
    ports.ddp_port,
    '127.0.0.1',
  )
  await waitFor(async () => (await get('/json/info')).lip === '127.0.0.2', 'the packet to arrive')
  assert.equal(await leds(), frame('010101'))
  elsewhere.close()
  ddp(packet('41', 480, '020202', 120))
  await shows(...frame('020202'))
  realtime('02 00')
  await shows(...frame(OWN))
  await stop()
})

worker('goes back to its own light after the timeout of each protocol', async () => {
  const { ddp, realtime, shows, get, stop } = await setup({ led_count: 1 })
  await shows(OWN)
  const started = performance.now()
  ddp('41 01 0b 01 00000000 0003 010203')
  await shows('010203')
  await shows(OWN)
  const ddpMs = performance.now() - started
  assert.ok(ddpMs > 2_490 && ddpMs < 3_500, `DDP timed out after ${ddpMs} ms`)
  assert.equal([(await get('/json/info')).live, (await get('/json/info')).lip], [false, ''])

  const startedUdp = performance.now()
  realtime('02 01 010203')
  await shows('010203')
  await shows(OWN)
  const udpMs = performance.now() - startedUdp
  assert.ok(udpMs > 990 && udpMs < 2_000, `DRGB timed out after ${udpMs} ms`)
  await stop()
})

worker('stays in realtime for ever on 255 until it is told to leave, by UDP or by JSON', async () => {
  const { realtime, shows, post, stop } = await setup({ led_count: 1 })
  realtime('02 ff 010203')
  await shows('010203')
  realtime('02 00')
  await shows(OWN)
  realtime('02 ff 010203')
  await shows('010203')
  await post('/json/state', '{"live":false}')
  await shows(OWN)
  await stop()
})

worker('answers the JSON API as WLED does', async () => {
  const { get, post, name, mac, ports, led_count, url, stop } = await setup()
  const info = await get('/json/info')
  assert.equal(
    [info.name, info.mac, info.udpport, info.leds.count, info.brand, info.arch, info.live],
    [name, mac, ports.realtime_port, led_count, 'WLED', 'virtual', false],
  )
  assert.equal(Object.keys(await get('/json')), ['state', 'info', 'effects', 'palettes'])
  assert.equal(Object.keys(await get('/json/si')), ['state', 'info'])
  assert.equal(await get('/json/nodes'), { nodes: [] })
  assert.equal([await get('/json/eff'), await get('/json/pal')], [['Solid'], ['Default']])

  const silent = await post('/json/state', '{"on":true,"bri":255,"seg":{"col":[[1,2,3]]},"unknown":[1]}')
  assert.equal(await silent.json(), { success: true })
  assert.equal((await get('/json/live')).leds, ['010203', '010203', '010203'])
  const told = await post('/json/state', '{"on":false,"v":true}')
  const state = (await told.json()) as { on: boolean; bri: number }
  assert.equal([state.on, state.bri], [false, 255])
  assert.equal((await get('/json/live')).leds, [BLACK, BLACK, BLACK])
  const all = (await (await post('/json', '{"on":true,"v":true}')).json()) as { state: { on: boolean } }
  assert.is(all.state.on, true)

  const bad = await post('/json/state', '{"on":')
  assert.equal([bad.status, await bad.json()], [400, { error: 9 }])
  const long = await post('/json/state', JSON.stringify({ on: false, pad: 'x'.repeat(20_000) }))
  assert.is(long.status, 413)
  assert.is((await get('/json/state')).on, true, 'a refused body changes nothing')
  const unknown = await fetch(`${url}/json/unheard-of`)
  assert.equal([unknown.status, await unknown.json()], [501, { error: 3 }])
  assert.is((await fetch(`${url}/elsewhere`)).status, 404)
  assert.is((await post('/json/state', '{"on":false}', 'PUT')).status, 501)
  await stop()
})

worker('goes silent when unplugged and comes back as after a boot', async () => {
  const { name, post, get, ddp, shows, url, spawned, stop } = await setup({ led_count: 1 })
  const { ask, count, close } = await listen()
  const instance = `${name}._wled._tcp.local`
  await post('/json/state', '{"bri":255}')
  await shows('FFA000')
  ask(instance, 'SRV')
  await waitFor(() => count(instance, 'SRV') > 0, 'an answer while plugged in')

  assert.equal(await (await post('/virtual/unplug', '')).json(), { plugged: false })
  const before = count(instance, 'SRV')
  await assertRefused(`${url}/json/info`)
  ddp('41 01 0b 01 00000000 0003 010203')
  ask(instance, 'SRV')
  // The question itself proves that time has passed on the wire: another controller answers it.
  const other = await setup()
  const otherInstance = `${other.name}._wled._tcp.local`
  ask(otherInstance, 'SRV')
  await waitFor(() => count(otherInstance, 'SRV') > 0, 'the answer of another controller')
  assert.is(count(instance, 'SRV'), before, 'an unplugged controller answers nothing')
  assert.is(count(instance, 'SRV', true), 0, 'and says no goodbye')

  assert.equal(await (await post('/virtual/plug', '')).json(), { plugged: true })
  await waitFor(() => count(instance, 'SRV') >= before + 2, 'two announcements')
  await shows(OWN)
  const { bri } = await get('/json/state')
  assert.is(bri, 128)

  spawned.send({ kind: 'unplug' })
  await waitFor(() => isRefused(`${url}/json/info`), 'the plug to be pulled by command')
  spawned.send({ kind: 'plug' })
  await waitFor(async () => !(await isRefused(`${url}/json/info`)), 'the plug to be back')
  await close()
  await other.stop()
  await stop()
})

worker('announces itself twice, is found by its dotted name, and says goodbye', async () => {
  const { ask, heard, count, close } = await listen()
  const { name, mac, ports, stop } = await setup()
  const instance = `${name}._wled._tcp.local`
  await waitFor(() => count(instance, 'TXT') >= 2, 'two announcements (RFC 6762 §8.3)')

  heard.length = 0
  ask('_wled._tcp.local', 'PTR')
  await waitFor(() => count(instance, 'TXT') >= 1, 'the answer to a PTR question')
  const of = (type: string): unknown =>
    heard.find((record) => record.type === type && record.name === instance)?.data
  assert.ok(heard.some((record) => record.type === 'PTR' && record.data === instance))
  const { port, target } = of('SRV') as { port: number; target: string }
  assert.is(port, ports.http_port)
  assert.equal((of('TXT') as Buffer[]).map(String), [`mac=${mac}`, `ddp=${ports.ddp_port}`])
  assert.is(heard.find((record) => record.type === 'A' && record.name === target)?.data, '127.0.0.1')

  await stop()
  await waitFor(() => count(instance, 'SRV', true) === 1, 'a goodbye')
  assert.ok(heard.some((record) => record.type === 'PTR' && record.data === instance && record.ttl === 0))
  await close()
})

worker('answers a legacy resolver on its own port (RFC 6762 §6.7)', async () => {
  const { mac, stop } = await setup()
  const host = `wled-${mac.slice(6)}.local`
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  const mdns = makeMdns({ socket, bind: false, multicast: false })
  const answered = once(mdns, 'response')
  mdns.query({ id: 77, questions: [{ name: host, type: 'A' }] })
  const [response] = await withDeadline(answered, 5_000, 'a unicast answer')
  assert.equal(
    [response.id, response.answers[0].name, response.answers[0].data, response.answers[0].flush],
    [77, host, '127.0.0.1', false],
  )
  mdns.destroy()
  await stop()
})

worker('sends its beacon when it is switched, and when it is plugged in', async () => {
  const beacons: Buffer[] = []
  const listener: Socket = createSocket({ type: 'udp4', reuseAddr: true })
  listener.on('message', (message) => beacons.push(message))
  listener.bind(65_506, '127.0.0.1')
  await once(listener, 'listening')
  const { name, post, stop } = await setup({ name: 'Beacon' })
  const flags = () =>
    beacons.filter((beacon) => beacon.toString('utf8', 6, 12) === name).map((beacon) => beacon[38])
  await waitFor(() => flags().length === 1, 'the beacon of its start')
  await post('/json/state', '{"on":false}')
  await post('/json/state', '{"bri":7,"on":false}')
  await post('/json/state', '{"on":true}')
  await post('/virtual/unplug', '')
  await post('/virtual/plug', '')
  await waitFor(() => flags().length >= 4, 'four beacons')
  assert.equal(flags(), [0x80, 0, 0x80, 0x80])
  listener.close()
  await stop()
})

worker('survives floods of malformed input on every port', async () => {
  const { ports, get, ddp, shows, stop } = await setup({ led_count: 2 })
  const udp = createSocket('udp4')
  // A fixed sequence, so that a failure can be repeated (Park and Miller's generator).
  let seed = 1
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let i = 0; i < 4_000; i += 1) {
    const bytes = Buffer.from(Array.from({ length: random(64) }, () => random(256)))
    const port = [ports.ddp_port, ports.realtime_port, 5_353][i % 3] ?? 0
    udp.send(bytes, port, '127.0.0.1')
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const longPath = `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`
  const badLength = 'POST /json HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n'
  for (const text of ['\0\0\0\0', 'GET\r\n\r\n', longPath, badLength]) {
    await talk(ports.http_port, (socket) => socket.write(text))
  }
  await talk(ports.http_port, (socket) => {
    socket.write('POST /json/state HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"on":')
    socket.destroySoon()
  })
  udp.close()

  await waitFor(async () => {
    ddp('41 01 0b 01 00000000 0006 0a0b0c0d0e0f')
    return `${(await get('/json/live')).leds}` === '0A0B0C,0D0E0F'
  }, 'it to go on as before')
  ddp('41 01 0b 01 00000000 0006 010203040506')
  await shows('010203', '040506')
  await stop()
})

worker('stops within a second, with clients connected', async () => {
  const { ports, realtime, shows, stop } = await setup()
  const idle = connect(ports.http_port, '127.0.0.1')
  await once(idle, 'connect')
  idle.on('error', () => {})
  realtime('02 fe 010101020202030303')
  await shows('010101', '020202', '030303')
  const started = performance.now()
  await stop()
  assert.ok(performance.now() - started < 1_000)
})

worker('says which port it cannot have', async () => {
  const { ports, stop } = await setup()
  try {
    await setup({ name: 'Second', ddp_port: ports.ddp_port })
    assert.unreachable()
  } catch (error) {
    assert.match(
      error instanceof Error ? error.message : '',
      `"Second" cannot have DDP port ${ports.ddp_port}`,
    )
  }
  await stop()
})

/** Connects, says something, and resolves when the connection is closed by whomever. */
async function talk(port: number, say: (socket: TcpSocket) => void): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => say(socket))
  socket.on('error', () => {})
  await withDeadline(
    new Promise((resolve) => socket.on('close', resolve)),
    5_000,
    'the end of a bad connection',
  )
}

async function isRefused(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(5_000) })
    return false
  } catch {
    return true
  }
}

async function assertRefused(url: string): Promise<void> {
  assert.ok(await isRefused(url), `${url} must not be answered`)
}

worker.run()
