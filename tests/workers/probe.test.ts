// shares the machine
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Piscina } from 'piscina'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { ProbeRequest, ProbeResult } from '../../src/protocol/wled-info.ts'
import { taskFile } from '../../src/threads/worker-entry.ts'

const probing = suite('probe task')

/** As WLED 0.15 says it, shortened. */
const GOOD = {
  ver: '0.15.0',
  name: 'Desk',
  mac: 'AABBCCDDEEFF',
  brand: 'WLED',
  product: 'FOSS',
  leds: { count: 120, rgbw: true },
  udpport: 21324,
  live: true,
  lm: 'E1.31',
  lip: '192.168.1.7',
  wifi: { bssid: 'AA:BB:CC:DD:EE:FF', rssi: -61, signal: 78, channel: 6 },
}

/** A pool as the server has it, and a server of any kind to probe. */
async function setup(server: Server) {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = new Piscina({ minThreads: 0, maxThreads: 1 })
  return {
    port,
    sockets,
    probe: (changes: Partial<ProbeRequest> = {}): Promise<ProbeResult> =>
      withDeadline(
        pool.run(
          { address: '127.0.0.1', port, timeoutMs: 5_000, ...changes },
          { filename: taskFile('probe'), name: 'probe' },
        ),
        20_000,
        'a probe',
      ),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await pool.destroy()
    },
  }
}

const setupHttp = (listener: RequestListener) => setup(createHttpServer(listener))
const setupRaw = (answer: string) => setup(createServer((socket) => socket.end(answer)))

probing('reads what a controller says of itself', async () => {
  const asked: string[] = []
  const { probe, stop } = await setupHttp((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end(JSON.stringify(GOOD))
  })
  assert.equal(await probe(), {
    ok: true,
    info: {
      name: 'Desk',
      version: '0.15.0',
      mac: 'aabbccddeeff',
      brand: 'WLED',
      product: 'FOSS',
      led_count: 120,
      rgbw: true,
      udp_port: 21324,
      live: true,
      live_mode: 'E1.31',
      live_ip: '192.168.1.7',
      signal_percent: 78,
      rssi_dbm: -61,
    },
  })
  assert.equal(asked, ['GET /json/info'])
  await stop()
})

probing('gives up at its deadline on one that never answers, and leaves no connection', async () => {
  const { probe, sockets, stop } = await setupHttp(() => {})
  const result = await probe({ timeoutMs: 150 })
  assert.equal(result, { ok: false, reason: 'no complete answer within 150 ms' })
  for (const socket of sockets) await withDeadline(once(socket, 'close'), 5_000, 'the end of the connection')
  await stop()
})

probing('counts the whole exchange, not the silence between two bytes', async () => {
  const { probe, stop } = await setupHttp((_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  })
  const result = await probe({ timeoutMs: 300 })
  assert.equal(result, { ok: false, reason: 'no complete answer within 300 ms' })
  await stop()
})

probing('stops reading an answer that does not end', async () => {
  let sentBytes = 0
  const { probe, stop } = await setupHttp((_request, response) => {
    const chunk = Buffer.alloc(16_384, ' ')
    const pour = (): void => {
      if (response.destroyed) return
      sentBytes += chunk.length
      response.write(chunk, () => setImmediate(pour))
    }
    pour()
  })
  assert.equal(await probe(), { ok: false, reason: 'more than 65536 bytes' })
  assert.ok(sentBytes < 16 * 1024 * 1024, `${sentBytes} bytes were taken from it`)
  await stop()
})

probing('follows no redirect', async () => {
  const asked: string[] = []
  const { probe, stop } = await setupHttp((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(302, { location: '/elsewhere' }).end(JSON.stringify(GOOD))
  })
  assert.equal(await probe(), { ok: false, reason: 'HTTP status 302' })
  assert.equal(asked, ['/json/info'])
  await stop()
})

for (const [what, body, reason] of [
  ['is no JSON', '<html>', 'not JSON'],
  ['is empty', '', 'not JSON'],
  ['is JSON of something else', '{"name":"printer"}', 'not the info of a WLED'],
  ['is an array', '[]', 'not the info of a WLED'],
  ['is null', 'null', 'not the info of a WLED'],
] as const) {
  probing(`says so when the answer ${what}`, async () => {
    const { probe, stop } = await setupHttp((_request, response) => response.end(body))
    assert.equal(await probe(), { ok: false, reason })
    await stop()
  })
}

for (const [what, answer, reason] of [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'not HTTP'],
  [
    'a body shorter than promised',
    'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{',
    'connection closed early',
  ],
  ['nothing at all', '', 'connection closed early'],
] as const) {
  probing(`says so when the other side speaks ${what}`, async () => {
    const { probe, stop } = await setupRaw(answer)
    assert.equal(await probe(), { ok: false, reason })
    await stop()
  })
}

probing('says so when nobody listens', async () => {
  const gone = await setupHttp(() => {})
  await gone.stop()
  const { probe, stop } = await setupHttp(() => {})
  assert.equal(await probe({ port: gone.port }), { ok: false, reason: 'connection refused' })
  await stop()
})

probing('looks up no names', async () => {
  const { probe, stop } = await setupHttp((_request, response) => response.end(JSON.stringify(GOOD)))
  assert.equal(await probe({ address: 'localhost' }), { ok: false, reason: 'not an IP address' })
  await stop()
})

probing('neutralises and bounds hostile text, and checks numbers', async () => {
  const hostile = {
    ...GOOD,
    ver: 'v'.repeat(1_000),
    name: '\u001b[2J\u202eDesk\nlamp',
    mac: '../../etc/passwd',
    brand: { toString: 'x' },
    product: '\u0007',
    leds: { count: 1e9, rgbw: 'yes' },
    udpport: -1,
    live: 'true',
    lm: 5,
    lip: '<script>'.repeat(100),
    wifi: { rssi: '-61', signal: 1e9 },
  }
  const { probe, stop } = await setupHttp((_request, response) => response.end(JSON.stringify(hostile)))
  const result = await probe()
  assert.ok(result.ok)
  const { version, name, live_ip, ...rest } = result.info
  assert.is(version.length, 32)
  assert.is(name, '\ufffdDesk lamp')
  assert.is(live_ip?.length, 32)
  assert.equal(rest, {
    mac: null,
    brand: null,
    product: '\ufffd',
    led_count: null,
    rgbw: false,
    udp_port: null,
    live: false,
    live_mode: null,
    signal_percent: null,
    rssi_dbm: null,
  })
  await stop()
})

probing('leaves nothing behind that would hold up the next probe of the same thread', async () => {
  const { probe, stop } = await setupHttp((_request, response) => response.end(JSON.stringify(GOOD)))
  for (let i = 0; i < 5; i += 1) {
    assert.is((await probe()).ok, true)
    assert.is((await probe({ port: 1, timeoutMs: 1_000 })).ok, false)
  }
  await stop()
})

probing.run()
