// shares the machine
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, call } from '../support/api.ts'
import { type InProcessServer, startInProcess, withInProcess } from '../support/in-process-server.ts'
import { watch } from '../support/watcher.ts'

const keys = suite('/api/v1/keys')

const KEYS = '/api/v1/keys'

interface MadeKey {
  readonly id: string
  readonly key: string
}

/** Calls with a key, or without. */
function caller({ url }: Pick<InProcessServer, 'url'>, key?: string) {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(url, method, path, body, headers)
}

async function make(server: InProcessServer, label: string, role: string, by?: string): Promise<MadeKey> {
  const { status, body } = await caller(server, by)('POST', KEYS, { label, role })
  assert.is(status, 201, JSON.stringify(body))
  return body as unknown as MadeKey
}

async function entriesOf(server: InProcessServer, key: string, action: string) {
  const { body } = await caller(server, key)('GET', `/api/v1/activity-log?actions=${action}`)
  return body.entries as readonly {
    readonly actor: string
    readonly message: string
    readonly entity_id: string
    readonly entity_name: string
    readonly metadata: Readonly<Record<string, unknown>>
  }[]
}

keys('are listed with label, role and age, never with what proves them', async () => {
  await withInProcess(async (server) => {
    assert.equal((await caller(server)('GET', KEYS)).body, [])
    const ada = await make(server, 'Ada', 'admin')
    const vic = await make(server, 'Vic', 'viewer', ada.key)
    const { body } = await caller(server, ada.key)('GET', KEYS)
    const listed = body as unknown as readonly { readonly [field: string]: string }[]
    assert.equal(
      listed.map(({ id, label, role }) => [id, label, role]),
      [
        [ada.id, 'Ada', 'admin'],
        [vic.id, 'Vic', 'viewer'],
      ],
    )
    for (const key of listed) assert.equal(Object.keys(key), ['id', 'label', 'role', 'created_at'])
    assert.match(listed[0]?.created_at ?? '', /^\d{4}-\d\d-\d\dT.*Z$/)
  })
})

keys('are for admins only', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Ada', 'admin')
    for (const role of ['viewer', 'operator']) {
      const ask = caller(server, (await make(server, role, role, ada.key)).key)
      assert.is((await ask('GET', KEYS)).status, 403)
      assert.is((await ask('DELETE', `${KEYS}/${ada.id}`)).status, 403)
      assert.is((await ask('POST', KEYS, { label: 'Mallory', role: 'admin' })).status, 403)
    }
  })
})

keys('begin with one of an admin, so that nobody locks everybody out', async () => {
  await withInProcess(async (server) => {
    const ask = caller(server)
    for (const role of ['viewer', 'operator']) {
      const { status, body } = await ask('POST', KEYS, { label: 'tv', role })
      assert.equal([status, body.code, body.field], [409, 'LG_ENTITY_WRONG_STATE', 'role'])
    }
    const ada = await make(server, 'Ada', 'admin')
    assert.ok((await make(server, 'tv', 'viewer', ada.key)).key)
  })
})

keys('refuse a label that people cannot tell from another', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Bar', 'admin')
    const ask = caller(server, ada.key)
    for (const label of ['bar', 'BAR', 'Bar\u200b', '\uff22ar', 'System', 'anonymous\u2060']) {
      const { status, body } = await ask('POST', KEYS, { label, role: 'viewer' })
      assert.equal([status, body.field], [409, 'label'], JSON.stringify(label))
    }
  })
})

keys('work no longer once they are revoked, also after a restart, and the log says who tried', async () => {
  const server = await startInProcess()
  const ada = await make(server, 'Ada', 'admin')
  const vic = await make(server, 'Vic', 'viewer', ada.key)
  assert.is((await caller(server, vic.key)('GET', '/api/v1/devices')).status, 200)
  assert.is((await caller(server, ada.key)('DELETE', `${KEYS}/${vic.id}`)).status, 204)
  const refused = await caller(server, vic.key)('GET', '/api/v1/devices')
  const unknown = await caller(server, `${vic.key}x`)('GET', '/api/v1/devices')
  assert.is(refused.status, 401)
  assert.equal(refused, unknown, 'a stranger is not told that the key once was one')

  const [entry] = await entriesOf(server, ada.key, 'key_revoked')
  assert.equal(
    [entry?.actor, entry?.entity_id, entry?.entity_name, entry?.metadata.label, entry?.metadata.role],
    ['Ada', vic.id, 'Vic', 'Vic', 'viewer'],
  )
  const failed = await entriesOf(server, ada.key, 'auth_failed')
  assert.equal(
    failed.map(({ metadata }) => [metadata.reason, metadata.key_label]),
    [
      ['unknown key', undefined],
      ['revoked key', 'Vic'],
    ],
    'a revoked key does not hide among unknown ones',
  )
  assert.match(failed[1]?.message ?? '', 'revoked key')
  await server.stop()

  const again = await startInProcess({ dataDir: server.dataDir })
  assert.is((await caller(again, vic.key)('GET', '/api/v1/devices')).status, 401)
  const [later] = await entriesOf(again, ada.key, 'auth_failed')
  assert.is(later?.metadata.reason, 'revoked key')
  assert.equal(((await caller(again, ada.key)('GET', KEYS)).body as unknown as object[]).length, 1)
  await again.stop()
})

keys('cut off who watches with them when they are revoked, and nobody else', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Ada', 'admin')
    const vic = await make(server, 'Vic', 'viewer', ada.key)
    const watchers = [
      await watch(server.url, { token: vic.key }),
      await watch(server.url, { token: vic.key }),
      await watch(server.url, { token: ada.key }),
    ] as const
    await caller(server, ada.key)('DELETE', `${KEYS}/${vic.id}`)
    for (const watcher of watchers.slice(0, 2)) {
      assert.is((await watcher.closed).code, 4401)
      assert.is(watcher.events.at(-1)?.code, 'LG_AUTH_REQUIRED')
    }
    const changed = await watchers[2].waitForType('entity_changed')
    assert.equal([changed.entity_type, changed.entity_id, changed.change], ['key', vic.id, 'deleted'])
    await watchers[2].close()
  })
})

keys('once there is one are needed also by who watched before', async () => {
  await withInProcess(async (server) => {
    const watcher = await watch(server.url)
    await make(server, 'Ada', 'admin')
    assert.is((await watcher.closed).code, 4401)
  })
})

keys('are 404 when there is no such key, or none any more', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Ada', 'admin')
    const vic = await make(server, 'Vic', 'viewer', ada.key)
    const ask = caller(server, ada.key)
    assert.is((await ask('DELETE', `${KEYS}/${vic.id}`)).status, 204)
    for (const id of [vic.id, 'key_000000000000', 'x']) {
      const { status, body } = await ask('DELETE', `${KEYS}/${id}`)
      assert.equal([status, body.code], [404, 'LG_ENTITY_NOT_FOUND'], id)
    }
    assert.is((await entriesOf(server, ada.key, 'key_revoked')).length, 1)
  })
})

keys('keep one admin: nobody is locked out, and the server does not open again', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Ada', 'admin')
    const ask = caller(server, ada.key)
    const alone = await ask('DELETE', `${KEYS}/${ada.id}`)
    assert.equal([alone.status, alone.body.code], [409, 'LG_ENTITY_WRONG_STATE'])
    await make(server, 'Olga', 'operator', ada.key)
    assert.is((await ask('DELETE', `${KEYS}/${ada.id}`)).status, 409, 'an operator cannot manage keys')
    assert.is((await caller(server)('GET', '/api/v1/devices')).status, 401, 'still closed')
    assert.equal(await entriesOf(server, ada.key, 'key_revoked'), [])

    const eve = await make(server, 'Eve', 'admin', ada.key)
    // Each would leave the other: only one of them may go.
    const both = await Promise.all([
      caller(server, ada.key)('DELETE', `${KEYS}/${eve.id}`),
      caller(server, eve.key)('DELETE', `${KEYS}/${ada.id}`),
    ])
    assert.is(both.filter(({ status }) => status === 204).length, 1, JSON.stringify(both))
  })
})

keys('of a label that was revoked can be made anew, with another text', async () => {
  await withInProcess(async (server) => {
    const ada = await make(server, 'Ada', 'admin')
    const old = await make(server, 'tablet', 'viewer', ada.key)
    const ask = caller(server, ada.key)
    assert.is((await ask('POST', KEYS, { label: 'tablet', role: 'viewer' })).status, 409)
    await ask('DELETE', `${KEYS}/${old.id}`)
    const fresh = await make(server, 'tablet', 'operator', ada.key)
    assert.is.not(fresh.id, old.id)
    assert.is((await caller(server, fresh.key)('GET', '/api/v1/devices')).status, 200)
    assert.is((await caller(server, old.key)('GET', '/api/v1/devices')).status, 401)
    await ask('DELETE', `${KEYS}/${fresh.id}`)
    await make(server, 'tablet', 'viewer', ada.key)
  })
})

keys('of an older version go on working', async () => {
  const first = await startInProcess()
  const ada = await make(first, 'Ada', 'admin')
  await first.stop()
  const raw = new Database(join(first.dataDir, 'ledgrab.db'))
  // As migration 0001 has made it.
  raw.exec(`
    create table old (id text primary key not null, label text not null unique, role text not null,
      hash blob not null unique, created_ts integer not null);
    insert into old select id, label, role, hash, created_ts from api_keys;
    drop table api_keys;
    alter table old rename to api_keys;
    delete from data_migrations where name > '0002'`)
  raw.close()
  const server = await startInProcess({ dataDir: first.dataDir })
  const eve = await make(server, 'Eve', 'admin', ada.key)
  assert.is((await caller(server, eve.key)('DELETE', `${KEYS}/${ada.id}`)).status, 204)
  assert.is((await caller(server, ada.key)('GET', KEYS)).status, 401)
  await server.stop()
})

keys.run()
