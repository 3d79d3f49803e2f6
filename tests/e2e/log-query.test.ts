// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LogPage } from '../../src/protocol/api-log.ts'
import { call, callOk, readLog } from '../support/api.ts'
import { addDevice, addSource } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'

const log = suite('GET /api/v1/activity-log')

async function readPage(url: string, query: string): Promise<LogPage> {
  return (await callOk(url, 'GET', `/api/v1/activity-log?${query}`)) as unknown as LogPage
}

log('pages by cursor from the newest to the oldest, each entry once, while others come', async () => {
  await withInProcess(async ({ url }) => {
    for (let i = 0; i < 24; i += 1) await addDevice(url, { name: `Strip ${i}` })
    const first = await readPage(url, 'limit=10')
    assert.is(first.entries.length, 10)
    assert.equal([first.total, first.head_seq, first.has_more], [25, 25, true])
    assert.is(first.entries[0]?.entity_name, 'Strip 23')
    await addSource(url)

    const pages = [first]
    for (let page = first; page.next_before_seq !== null; ) {
      page = await readPage(url, `limit=10&before_seq=${page.next_before_seq}`)
      pages.push(page)
    }
    assert.equal(
      pages.map(({ entries }) => entries.length),
      [10, 10, 5],
    )
    const ids = pages.flatMap(({ entries }) => entries.map(({ id }) => id))
    assert.is(new Set(ids).size, 25)
    assert.ok(ids.every((id) => /^al_[0-9a-f]{8}$/.test(id)))
    const last = pages.at(-1)
    assert.equal([last?.has_more, last?.next_before_seq], [false, null])
    assert.is(last?.entries.at(-1)?.action, 'server_started')
    assert.is(last?.head_seq, 26, "the head is the log's, not the page's")
  })
})

log('shows the eleven fields of an entry and no others', async () => {
  await withInProcess(async ({ url }) => {
    const { entries } = await readPage(url, '')
    assert.equal(Object.keys(entries[0] ?? {}), [
      'id',
      'ts',
      'category',
      'action',
      'severity',
      'actor',
      'message',
      'entity_type',
      'entity_id',
      'entity_name',
      'metadata',
    ])
    assert.is(entries[0]?.actor, 'system')
  })
})

log('filters by each parameter, lists repeated or comma separated', async () => {
  await withInProcess(async ({ url }) => {
    const strip = await addDevice(url, { name: 'Ärmel-LED 100%_\\' })
    const card = await addSource(url)
    await callOk(url, 'PUT', `/api/v1/devices/${strip.id}`, { led_count: 21 })
    await call(url, 'GET', '/api/v1/devices', undefined, { authorization: 'Bearer wrong' })

    const actions = async (query: string): Promise<readonly string[]> =>
      (await readLog(url, query)).entries.map(({ action }) => action).sort()
    const all = ['auth_failed', 'entity_created', 'entity_created', 'entity_updated', 'server_started']
    assert.equal(await actions(''), all)
    assert.equal(await actions('categories=entity'), all.slice(1, 4))
    assert.equal(await actions('categories=auth,system'), ['auth_failed', 'server_started'])
    assert.equal(await actions('categories=auth&categories=system'), ['auth_failed', 'server_started'])
    assert.equal(await actions('categories=auth,system&categories=entity'), all)
    assert.equal(await actions('severities=warning'), ['auth_failed'])
    assert.equal(await actions('actions=entity_updated,server_started'), ['entity_updated', 'server_started'])
    assert.equal(await actions('actor=system'), ['server_started'])
    assert.equal(await actions('actor=nobody'), [])
    assert.equal(await actions('entity_type=device'), ['entity_created', 'entity_updated'])
    assert.equal(await actions(`entity_id=${card.id}`), ['entity_created'])
    assert.equal(await actions(`entity_type=source&entity_id=${strip.id}`), [], 'all must match')

    assert.equal(await actions(`q=${encodeURIComponent('Ärmel')}`), ['entity_created', 'entity_updated'])
    assert.equal(await actions('q=LED'), await actions('q=led'))
    assert.equal(await actions(`q=${encodeURIComponent('100%_\\')}`), ['entity_created', 'entity_updated'])
    assert.equal(await actions(`q=${encodeURIComponent('1%0')}`), [], '% is a character, not a wildcard')
    assert.equal(await actions('q=server_st'), ['server_started'], 'the action too')
    assert.equal(await actions('q=anonymous&categories=auth'), ['auth_failed'], 'the actor too')
  })
})

log('takes times with a zone: since inclusive, until exclusive', async () => {
  await withInProcess(async ({ url }) => {
    await addDevice(url)
    const { entries } = await readLog(url)
    const newest = entries[0]
    if (!newest) throw new Error('no entries')
    const count = async (query: string): Promise<number> => (await readLog(url, query)).total
    const tsMs = Date.parse(newest.ts)
    const withOffset = `${new Date(tsMs + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`
    const at = entries.filter(({ ts }) => ts === newest.ts).length
    assert.is(await count(`since=${newest.ts}`), at)
    assert.is(await count(`since=${encodeURIComponent(withOffset)}`), at, 'the same instant elsewhere')
    assert.is(await count(`until=${newest.ts}`), entries.length - at)
    assert.is(await count(`since=${new Date(tsMs + 1).toISOString()}`), 0)
  })
})

log('has a head from which the event socket goes on without a gap', async () => {
  await withInProcess(async ({ url }) => {
    const writing = Promise.all(Array.from({ length: 40 }, (_, i) => addDevice(url, { name: `Strip ${i}` })))
    // Every page read while others write ends in the head it names.
    let pages = 0
    for (let done = false; !done; pages += 1) {
      const { entries, head_seq: head, total } = await readPage(url, 'limit=200')
      assert.ok(entries.length === head && total >= head, `${entries.length} entries, head ${head}`)
      done = head === 41
    }
    await writing
    assert.ok(pages > 0)
  })
})

log.run()
