// shares the machine
import { networkInterfaces } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, waitForEntries } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { rawCall } from '../support/raw-http.ts'
import { Watcher, watch } from '../support/watcher.ts'

const access = suite('access')

type Role = 'viewer' | 'operator' | 'admin'

function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

async function createKey(url: string, label: string, role: Role, by?: string): Promise<string> {
  const answer = await call(url, 'POST', '/api/v1/keys', { label, role }, by ? bearer(by) : {})
  assert.is(answer.status, 201, JSON.stringify(answer.body))
  return String(answer.body.key)
}

/** One key per role, by role. */
async function createKeys(url: string): Promise<Readonly<Record<Role, string>>> {
  const admin = await createKey(url, 'Ada', 'admin')
  const operator = await createKey(url, 'Olga', 'operator', admin)
  const viewer = await createKey(url, 'Vic', 'viewer', admin)
  return { admin, operator, viewer }
}

async function closeCode(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await new Watcher(url, headers).closed).code
}

access('without keys is for this machine alone, and not for who it speaks for', async () => {
  await withInProcess(async ({ url }) => {
    assert.is((await call(url, 'GET', '/api/v1/devices')).status, 200)
    for (const header of ['x-forwarded-for', 'forwarded', 'X-Forwarded-For']) {
      const { status, headers, body } = await rawCall(url, {
        path: '/api/v1/devices',
        headers: { [header]: '127.0.0.1' },
      })
      assert.equal([status, body.code], [401, 'LG_AUTH_REQUIRED'], header)
      assert.match(headers['www-authenticate'] ?? '', /^Bearer/)
    }
    assert.is((await rawCall(url, { path: '/health', headers: { forwarded: 'for=1.2.3.4' } })).status, 200)
    const watcher = await openWatcher(url, { 'x-forwarded-for': '10.0.0.9' })
    watcher.say({ type: 'auth' })
    assert.is((await watcher.closed).code, 4401)
    const [entry] = await waitForEntries(url, 'auth_failed', 1)
    assert.is(entry?.metadata.reason, 'not from this machine')
  })
})

access('without keys is refused to another machine', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)
  await withInProcess(
    async ({ url }) => {
      const port = new URL(url).port
      assert.is((await call(`http://127.0.0.1:${port}`, 'GET', '/api/v1/devices')).status, 200)
      // A connection to the machine's own outward address comes from that address, not from loopback.
      if (!outside) return
      const own = `http://${outside.address}:${port}`
      assert.is((await call(own, 'GET', '/api/v1/devices')).status, 401)
      assert.is((await call(own, 'GET', '/health')).status, 200)
    },
    { server: { host: '0.0.0.0' } },
  )
})

access('with keys lets each role do exactly what it should', async () => {
  await withInProcess(async ({ url }) => {
    const device = await addDevice(url)
    const source = await addSource(url)
    const target = await addTarget(url, device, source)
    const keys = await createKeys(url)
    const cases: readonly (readonly [least: Role, method: string, path: string, body?: object])[] = [
      ['viewer', 'GET', '/api/openapi.json'],
      ['viewer', 'GET', '/api/v1/activity-log'],
      ['viewer', 'GET', '/api/v1/activity-log/settings'],
      ['viewer', 'GET', '/api/v1/activity-log/al_00000000'],
      ['viewer', 'GET', '/api/v1/activity-log/actions'],
      ['viewer', 'GET', '/api/v1/activity-log/stats'],
      ['viewer', 'GET', '/api/v1/devices'],
      ['viewer', 'GET', `/api/v1/sources/${source.id}`],
      ['viewer', 'GET', '/api/v1/targets'],
      ['viewer', 'GET', '/api/v1/discovered'],
      ['operator', 'POST', '/api/v1/devices', { name: 'New', type: 'ddp', address: '::1', led_count: 1 }],
      ['operator', 'PUT', `/api/v1/sources/${source.id}`, { fps: 29 }],
      ['operator', 'DELETE', '/api/v1/sources/src_x'],
      ['operator', 'PUT', `/api/v1/targets/${target.id}`, { name: 'Changed' }],
      ['operator', 'POST', `/api/v1/targets/${target.id}/stop`],
      ['operator', 'POST', '/api/v1/targets/tgt_x/start'],
      ['admin', 'PUT', '/api/v1/activity-log/settings', { max_days: 80 }],
      ['admin', 'GET', '/api/v1/activity-log/export?format=xml'],
      ['admin', 'POST', '/api/v1/activity-log/prune', { dry_run: true }],
      ['admin', 'POST', '/api/v1/activity-log/verify', {}],
      ['admin', 'DELETE', '/api/v1/activity-log'],
      ['admin', 'GET', '/api/v1/keys'],
      ['admin', 'POST', '/api/v1/keys', { label: 'Zoe', role: 'viewer' }],
      ['admin', 'DELETE', '/api/v1/keys/key_x'],
    ]
    const ranks: readonly Role[] = ['viewer', 'operator', 'admin']
    for (const [least, method, path, body] of cases) {
      for (const role of ranks) {
        const answer = await call(url, method, path, body, bearer(keys[role]))
        const may = ranks.indexOf(role) >= ranks.indexOf(least)
        assert.is(answer.status === 403, !may, `${role}: ${method} ${path}: ${answer.status}`)
        if (!may) assert.is(answer.body.code, 'LG_AUTH_FORBIDDEN')
        assert.is.not(answer.status, 401)
      }
    }
    const unknown = await call(url, 'GET', '/api/v1/nothing', undefined, bearer(keys.viewer))
    assert.is(unknown.status, 404, 'that a route does not exist is no secret')
    assert.is((await callOk(url, 'GET', '/health')).auth_required, true)
    await endWatchers(url, keys)
  })
})

/** Each role may watch. */
async function endWatchers(url: string, keys: Readonly<Record<Role, string>>): Promise<void> {
  for (const [role, token] of Object.entries(keys)) {
    const watcher = await watch(url, { token })
    assert.is((await watcher.waitForType('auth_ok')).role, role)
    await watcher.close()
  }
}

access('with keys is refused to whoever has none, or a wrong one', async () => {
  await withInProcess(async ({ url }) => {
    const { viewer } = await createKeys(url)
    const headers = [{}, bearer('wrong'), { authorization: 'Basic YTpi' }, bearer(`${viewer}x`), bearer('')]
    for (const header of headers) {
      const { status, body } = await rawCall(url, { path: '/api/v1/devices', headers: header })
      assert.equal([status, body.code], [401, 'LG_AUTH_REQUIRED'], JSON.stringify(header))
    }
    for (const auth of [{ type: 'auth' }, { type: 'auth', token: 'wrong' }]) {
      const watcher = await openWatcher(url)
      watcher.say(auth)
      assert.is((await watcher.closed).code, 4401)
      assert.equal(
        watcher.events.map(({ type, code }) => [type, code]),
        [['error', 'LG_AUTH_REQUIRED']],
      )
    }
    const query = await rawCall(url, { path: `/api/v1/devices?key=${viewer}` })
    assert.is(query.status, 401, 'a key in the address is none')
  })
})

access('tells an address that keeps failing to wait, but lets a valid key through', async () => {
  await withInProcess(async ({ url }) => {
    const { viewer } = await createKeys(url)
    const statuses: number[] = []
    for (let i = 0; i < 25; i += 1) {
      statuses.push((await call(url, 'GET', '/api/v1/devices', undefined, bearer('wrong'))).status)
    }
    assert.equal(statuses, [...Array(20).fill(401), ...Array(5).fill(429)])
    const limited = await rawCall(url, { path: '/api/v1/devices', headers: bearer('wrong') })
    assert.equal([limited.body.code, limited.headers['retry-after']], ['LG_AUTH_LIMITED', '60'])
    assert.is((await call(url, 'GET', '/api/v1/devices', undefined, bearer(viewer))).status, 200)

    const log = await call(url, 'GET', '/api/v1/activity-log?actions=auth_failed', undefined, bearer(viewer))
    const entries = log.body.entries as { actor: string; metadata: Record<string, unknown> }[]
    assert.is(entries.length, 1, 'one at once; the repeats follow in one entry a minute')
    assert.is(entries[0]?.actor, 'anonymous')
    assert.equal(
      [entries[0]?.metadata.address, entries[0]?.metadata.reason, entries[0]?.metadata.count],
      ['127.0.0.1', 'unknown key', 1],
    )
  })
})

access('is refused to names that are not this server (DNS rebinding)', async () => {
  await withInProcess(
    async ({ url }) => {
      const { port } = new URL(url)
      const status = async (host: string): Promise<number> =>
        (await rawCall(url, { path: '/health', headers: { host } })).status
      for (const host of [
        `127.0.0.1:${port}`,
        `[::1]:${port}`,
        `localhost:${port}`,
        'LIGHTS.example',
        '192.168.7.7',
      ]) {
        assert.is(await status(host), 200, host)
      }
      for (const host of [
        'evil.com',
        `evil.com:${port}`,
        'localhost.evil.com',
        '127.0.0.1.evil.com',
        'a b',
      ]) {
        assert.ok([400, 403].includes(await status(host)), host)
      }
      assert.is(await closeCode(url, { host: 'evil.com' }), 4403)
      const entries = await waitForEntries(url, 'host_rejected', 1)
      assert.ok(entries.some(({ message }) => message.includes('"evil.com"')))
    },
    { server: { allowed_hosts: ['lights.example'] } },
  )
})

access('is refused to pages of other sites', async () => {
  await withInProcess(
    async ({ url }) => {
      const status = async (origin: string): Promise<number> =>
        (await rawCall(url, { path: '/api/v1/devices', headers: { origin } })).status
      assert.is(await status(url), 200, 'its own page')
      assert.is(await status('https://wall.example'), 200, 'allowed by the configuration')
      for (const origin of ['http://evil.com', 'null', 'http://127.0.0.1:1', `${url}.evil.com`]) {
        assert.is(await status(origin), 403, origin)
      }
      assert.is(await closeCode(url, { origin: 'http://evil.com' }), 4403)
      const watcher = await watch(url, { headers: { origin: url } })
      await watcher.close()
      await waitForEntries(url, 'origin_rejected', 1)
    },
    { server: { allowed_origins: ['https://wall.example'] } },
  )
})

access('shows a key once and nowhere else', async () => {
  await withInProcess(async (server) => {
    const { url } = server
    const { admin, viewer } = await createKeys(url)
    const wrong = 'lg_wrongWrongWrongWrongWrongWrongWrongWrong'
    await call(url, 'GET', '/api/v1/devices', undefined, bearer(wrong))
    await call(url, 'GET', `/nothing?key=${viewer}`, undefined, {})
    await call(url, 'POST', '/api/v1/keys', `{"label":"${wrong}`, bearer(admin))
    const watcher = await watch(url, { token: viewer, subscribe: { since_seq: 0 } })
    await watcher.waitForType('activity_logged')
    const log = await call(url, 'GET', '/api/v1/activity-log', undefined, bearer(viewer))
    await watcher.close()
    const seen = [JSON.stringify(log.body), JSON.stringify(watcher.events), ...server.logLines].join('\n')
    assert.match(seen, 'key_created')
    for (const secret of [admin, viewer, wrong]) assert.not.ok(seen.includes(secret), 'a key is told')
  })
})

async function openWatcher(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Watcher> {
  const watcher = new Watcher(url, headers)
  await new Promise((resolve) => watcher.socket.once('open', resolve))
  return watcher
}

access('writes down who tried what their key does not allow, once a minute', async () => {
  await withInProcess(async ({ url }) => {
    const { viewer, admin } = await createKeys(url)
    for (let n = 0; n < 3; n += 1) {
      const answer = await call(
        url,
        'PUT',
        '/api/v1/activity-log/settings',
        { enabled: false },
        bearer(viewer),
      )
      assert.equal([answer.status, answer.body.code], [403, 'LG_AUTH_FORBIDDEN'])
    }
    const { body } = await call(
      url,
      'GET',
      '/api/v1/activity-log?actions=access_denied',
      undefined,
      bearer(admin),
    )
    const entries = body.entries as readonly { actor: string; metadata: Record<string, unknown> }[]
    assert.equal(
      entries.map(({ actor, metadata }) => [actor, metadata.role, metadata.needed_role]),
      [['Vic', 'viewer', 'admin']],
    )
  })
})

access.run()
