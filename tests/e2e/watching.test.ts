// shares the machine
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { SERVER_EVENT_TYPES } from '../../src/protocol/server-events.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { addDevice, addSource } from '../support/entities.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { Watcher, watch } from '../support/watcher.ts'

const watching = suite('/api/v1/events/ws')

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** Records `count` entries over the API, ten requests at a time. */
async function writeEntries(url: string, sourceId: string, count: number): Promise<void> {
  const rename = () => callOk(url, 'PUT', `/api/v1/sources/${sourceId}`, { name: randomUUID() })
  for (let left = count; left > 0; left -= 10) {
    await Promise.all(Array.from({ length: Math.min(10, left) }, rename))
  }
}

async function open(url: string): Promise<Watcher> {
  const watcher = new Watcher(url)
  await once(watcher.socket, 'open')
  return watcher
}

/**
 * A server that knows its one watcher: entry 1 is its start and entry 2 the first connection; those
 * that follow are folded into one entry a minute.
 */
async function withWatched(work: (url: string) => Promise<void>): Promise<void> {
  await withInProcess(async ({ url }) => {
    const first = await watch(url)
    await waitForEntries(url, 'watcher_connected', 1)
    await first.close()
    await work(url)
  })
}

async function readHead(url: string): Promise<number> {
  return (await readLog(url)).head_seq
}

watching(
  'tells nothing before a subscription, then each entry once, in order, as the API shows it',
  async () => {
    await withWatched(async (url) => {
      const { id } = await addSource(url)
      const watcher = await open(url)
      watcher.say({ type: 'auth' })
      const greeting = await watcher.waitForType('auth_ok')
      const { log_id: logId, ...rest } = greeting
      assert.match(String(logId), /^[0-9a-f]{8}-[0-9a-f]{4}-/)
      assert.equal(rest, { type: 'auth_ok', actor: 'anonymous', role: 'admin', head_seq: 3 })

      await writeEntries(url, id, 20)
      const quiet = await watch(url, { subscribe: { since_seq: await readHead(url) } })
      assert.is(watcher.events.length, 1, 'nothing flows yet')
      watcher.say({ type: 'subscribe' })
      await addDevice(url)
      await watcher.waitForType('entity_changed')
      await writeEntries(url, id, 100)
      await waitFor(() => watcher.seqs().at(-1) === 124 && quiet.seqs().at(-1) === 124, 'the last entry')
      assert.equal(watcher.seqs(), range(24, 124))
      assert.equal(quiet.seqs(), range(24, 124))
      const { entries } = await readLog(url)
      const newest = watcher.events.findLast(({ type }) => type === 'activity_logged')
      assert.equal(newest?.entry, entries[0])
      assert.ok(watcher.events.every(({ type }) => SERVER_EVENT_TYPES.some((known) => known === type)))
      await watcher.close()
      await quiet.close()
    })
  },
)

watching('brings a client up to date while others write, without a gap or a duplicate', async () => {
  await withWatched(async (url) => {
    const { id } = await addSource(url)
    await writeEntries(url, id, 250)
    const writing = writeEntries(url, id, 350)
    const watchers = await Promise.all(
      [0, 1, 100, 251].map((since) => watch(url, { subscribe: { since_seq: since } })),
    )
    await writing
    const head = await readHead(url)
    for (const [index, watcher] of watchers.entries()) {
      await waitFor(() => watcher.seqs().at(-1) === head, 'the newest entry')
      assert.equal(watcher.seqs(), range([0, 1, 100, 251][index] ?? 0, head).slice(1))
      await watcher.close()
    }

    // And again, from where a connection broke.
    let since = 0
    for (let round = 0; round < 3; round += 1) {
      const watcher = await watch(url, { subscribe: { since_seq: since } })
      const more = writeEntries(url, id, 40)
      await waitFor(() => watcher.seqs().length > 30, 'some entries')
      watcher.socket.terminate()
      await watcher.closed
      assert.equal(watcher.seqs(), range(since + 1, since + watcher.seqs().length))
      since += watcher.seqs().length
      await more
    }
  })
})

watching('says what is no longer there, bounds inclusive', async () => {
  await withWatched(async (url) => {
    const { id } = await addSource(url)
    await writeEntries(url, id, 150)
    await callOk(url, 'PUT', '/api/v1/activity-log/settings', { max_entries: 100 })
    await waitForEntries(url, 'activity_log_pruned', 1)
    const watcher = await watch(url, { subscribe: { since_seq: 10 } })
    const head = await readHead(url)
    await waitFor(() => watcher.seqs().at(-1) === head, 'the newest entry')
    const [, gap, next] = watcher.events
    assert.equal([gap?.type, gap?.from], ['gap', 11])
    assert.is(next?.seq, Number(gap?.to) + 1)
    assert.equal(watcher.seqs(), range(Number(gap?.to) + 1, head))
    assert.is(watcher.seqs().length, (await readLog(url)).total)
    await watcher.close()
  })
})

watching('resets a client that knows another log, or more than there is', async () => {
  await withWatched(async (url) => {
    const { id } = await addSource(url)
    const foreign = await watch(url, { subscribe: { since_seq: 1, log_id: 'another log' } })
    const ahead = await watch(url, { subscribe: { since_seq: 1_000 } })
    for (const watcher of [foreign, ahead]) {
      const greeting = await watcher.waitForType('auth_ok')
      const reset = await watcher.waitForType('reset')
      assert.equal(reset, { type: 'reset', log_id: greeting.log_id, head_seq: 3 })
    }
    const greeting = await foreign.waitForType('auth_ok')
    const own = await watch(url, { subscribe: { since_seq: 2, log_id: greeting.log_id } })
    await writeEntries(url, id, 3)
    for (const watcher of [foreign, ahead, own])
      await waitFor(() => watcher.seqs().at(-1) === 6, 'live entries')
    assert.equal(foreign.seqs(), [4, 5, 6])
    assert.equal(ahead.seqs(), [4, 5, 6])
    assert.equal(own.seqs(), [3, 4, 5, 6])
    for (const watcher of [foreign, ahead, own]) await watcher.close()
  })
})

watching('filters what was and what comes alike; a second subscription replaces the first', async () => {
  await withWatched(async (url) => {
    const { id } = await addSource(url)
    await addDevice(url)
    const subscribe = { since_seq: 0, filters: { entity_type: 'source', categories: ['entity'] } }
    const watcher = await watch(url, { subscribe })
    await writeEntries(url, id, 2)
    await addDevice(url, { name: 'Second' })
    await writeEntries(url, id, 1)
    await waitFor(() => watcher.seqs().at(-1) === 8, 'the last of the source')
    assert.equal(watcher.seqs(), [3, 5, 6, 8])

    watcher.say({ type: 'subscribe', filters: { entity_type: 'device' } })
    await addDevice(url, { name: 'Third' })
    await writeEntries(url, id, 1)
    await addDevice(url, { name: 'Fourth' })
    await waitFor(() => watcher.seqs().at(-1) === 11, 'the last device')
    assert.equal(watcher.seqs().slice(4), [9, 11])
    await watcher.close()
  })
})

watching('answers what it does not understand with an error and a close code', async () => {
  await withInProcess(async ({ url }) => {
    const auth = JSON.stringify({ type: 'auth' })
    const cases: readonly (readonly [
      messages: readonly (string | Buffer)[],
      code: number,
      error?: string,
    ])[] = [
      [[auth, 'not json'], 1008, 'LG_REQUEST_INVALID'],
      [['not json'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '{"type":"shout"}'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '[]'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '{"type":"subscribe","since_seq":-1}'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '{"type":"subscribe","since_seq":"5"}'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '{"type":"subscribe","colour":1}'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, '{"type":"subscribe","filters":{"categories":["x"]}}'], 1008, 'LG_REQUEST_INVALID'],
      [[auth, Buffer.from('{"type":"subscribe"}')], 1008, 'LG_REQUEST_INVALID'],
      [['{"type":"subscribe"}'], 4401, 'LG_AUTH_REQUIRED'],
      [['{"type":"auth","token":"wrong"}'], 4401, 'LG_AUTH_REQUIRED'],
      [[auth, `{"type":"auth","token":"${'x'.repeat(70_000)}"}`], 1009],
    ]
    for (const [messages, code, error] of cases) {
      const watcher = await open(url)
      for (const message of messages) watcher.socket.send(message)
      const shown = String(messages.at(-1)).slice(0, 80)
      assert.is((await watcher.closed).code, code, shown)
      const errors = watcher.events.filter(({ type }) => type === 'error')
      assert.equal(
        errors.map((event) => event.code),
        error ? [error] : [],
        shown,
      )
      for (const event of errors) assert.type(event.message, 'string')
    }
    const field = await open(url)
    field.say(JSON.parse(auth))
    field.say({ type: 'subscribe', filters: { severities: ['loud'] } })
    await field.closed
    assert.is(field.events.at(-1)?.field, 'filters.severities.0')
    assert.is((await call(url, 'GET', '/health')).status, 200, 'the server lives')
  })
})

watching('is the one place for an upgrade', async () => {
  await withInProcess(async ({ url }) => {
    const elsewhere = new WebSocket(`${url.replace('http', 'ws')}/api/v1/devices`)
    const [error] = (await once(elsewhere, 'error')) as [Error]
    assert.match(error.message, '404')
  })
})

watching('says goodbye when the server stops, after the last entry', async () => {
  const server = await startInProcess()
  const watcher = await watch(server.url, { subscribe: { since_seq: 0 } })
  await watcher.waitForType('activity_logged')
  await server.stop()
  assert.is((await watcher.closed).code, 1001)
  const heard = watcher.events.filter(({ type }) => type === 'activity_logged')
  assert.match(JSON.stringify(heard), 'server_shutting_down')
})

watching.run()
