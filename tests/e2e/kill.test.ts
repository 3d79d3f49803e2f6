// shares the machine
// deadline: 180 s
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Source } from '../../src/protocol/api-sources.ts'
import type { Target } from '../../src/protocol/api-targets.ts'
import { call, callOk, readLog } from '../support/api.ts'
import { withServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const kill = suite('kill -9 under load')

const KILLS = 5
const CLIENTS = 4

/** Writes entries through the API, as fast as it answers, until the server is gone. */
async function hammer(url: string, deviceId: string, client: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    try {
      await call(url, 'PUT', `/api/v1/devices/${deviceId}`, { led_count: 60 + ((client * 7 + n) % 40) })
    } catch {
      return
    }
  }
}

async function setUpTarget(url: string): Promise<void> {
  const device = (await callOk(url, 'POST', '/api/v1/devices', {
    name: 'Nobody',
    type: 'ddp',
    address: '127.0.0.1',
    // Discard (RFC 863): nobody listens, which a target does not mind.
    port: 9,
    led_count: 60,
  })) as unknown as Device
  const source = (await callOk(url, 'POST', '/api/v1/sources', {
    name: 'Card',
    type: 'testcard',
  })) as unknown as Source
  const target = (await callOk(url, 'POST', '/api/v1/targets', {
    name: 'Light',
    device_id: device.id,
    source_id: source.id,
  })) as unknown as Target
  await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)
}

kill('every entry a watcher saw is there, once; each kill is noticed once; what ran runs again', async () => {
  const dataDir = tempDir()
  const config = ['--data-dir', dataDir, '--log-level', 'error']
  const seen = new Map<number, string>()
  for (let round = 0; round <= KILLS; round += 1) {
    await withServer(config, async (server) => {
      const { url } = server
      if (round === 0) await setUpTarget(url)
      const crashes = await readLog(url, 'actions=unclean_shutdown_detected')
      assert.is(crashes.total, round, 'one entry per kill')
      const [target] = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly Target[]
      assert.is(target?.state, 'running', `after kill ${round}`)
      if (round === KILLS) {
        assert.is(await server.end('SIGTERM'), 0)
        return
      }
      const watcher = await watch(url)
      const devices = (await callOk(url, 'GET', '/api/v1/devices')) as unknown as readonly Device[]
      const hammering = Array.from({ length: CLIENTS }, (_, client) =>
        hammer(url, devices[0]?.id ?? '', client),
      )
      // A different moment every time, measured in what was seen and not in time.
      await waitFor(() => watcher.seqs().length >= 40 + 37 * round, 'entries under load')
      await server.end('SIGKILL')
      await Promise.all(hammering)
      await watcher.closed
      for (const event of watcher.events) {
        if (event.type !== 'activity_logged' || event.seq === undefined) continue
        assert.not(seen.has(event.seq), `entry ${event.seq} was published twice`)
        seen.set(event.seq, JSON.stringify(event.entry))
      }
    })
  }

  const file = new Database(join(dataDir, 'activity.db'), { readonly: true })
  const rows = file.prepare('select seq, message from activity_log order by seq').all() as {
    seq: number
    message: string
  }[]
  file.close()
  assert.equal(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
    'no hole in the numbers',
  )
  const stored = new Map(rows.map(({ seq, message }) => [seq, message]))
  for (const [seq, entry] of seen) assert.is(stored.get(seq), JSON.parse(entry).message, `entry ${seq}`)
  assert.ok(seen.size >= 5 * 40)
})

kill.run()
