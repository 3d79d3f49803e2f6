// shares the machine
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_HOURS } from '../../src/activity/log-stats.ts'
import { ACTIONS } from '../../src/protocol/activity.ts'
import type { LogStats, PruneReport } from '../../src/protocol/api-log.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { addDevice, addSource } from '../support/entities.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'
import { watch } from '../support/watcher.ts'

const log = suite('/api/v1/activity-log beyond the list')

const LOG = '/api/v1/activity-log'
const HOUR_MS = 3_600_000

async function readStats(url: string, query = ''): Promise<LogStats> {
  return (await callOk(url, 'GET', `${LOG}/stats?${query}`)) as unknown as LogStats
}

async function prune(url: string, order: object): Promise<PruneReport> {
  return (await callOk(url, 'POST', `${LOG}/prune`, order)) as unknown as PruneReport
}

log('gives one entry by its id, as the list shows it', async () => {
  await withInProcess(async ({ url }) => {
    await addDevice(url)
    await addSource(url)
    const { entries } = await readLog(url)
    assert.is(entries.length, 3)
    for (const entry of entries) assert.equal(await callOk(url, 'GET', `${LOG}/${entry.id}`), entry)
  })
})

log('answers 404 for an id that is none, that never was, and that was pruned', async () => {
  await withInProcess(async ({ url }) => {
    const [started] = (await readLog(url)).entries
    const id = started?.id ?? ''
    const never = `al_${id === 'al_00000000' ? '00000001' : '00000000'}`
    await callOk(url, 'DELETE', LOG)
    for (const one of [id, never, 'al_1', id.toUpperCase(), `${id}0`, 'x']) {
      const { status, body } = await call(url, 'GET', `${LOG}/${one}`)
      assert.equal([status, body.code], [404, 'LG_ENTITY_NOT_FOUND'], one)
    }
  })
})

log('shows the catalogue of actions', async () => {
  await withInProcess(async ({ url }) => {
    const actions = (await callOk(url, 'GET', `${LOG}/actions`)) as unknown as { action: string }[]
    assert.equal(Object.fromEntries(actions.map(({ action, ...info }) => [action, info])), ACTIONS)
    assert.is(actions.length, Object.keys(ACTIONS).length)
  })
})

// ---- statistics ------------------------------------------------------------------------------

log('counts by hour and category', async () => {
  // A minute before a full hour, 40 seconds apart.
  let nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS - 60_000
  const dataDir = await fillDataDir(4, {
    recorder: { nowMs: () => nowMs },
    details: () => {
      nowMs += 40_000
      return { message: 'x' }
    },
  })
  const server = await startInProcess({ dataDir })
  const { hours, total, truncated } = await readStats(server.url)
  const byCategory = (device: number, system: number): object => ({
    ...{ auth: 0, device, entity: 0, capture: 0, system },
  })
  const firstMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS
  assert.equal(hours.slice(0, 2), [
    { start: new Date(firstMs).toISOString(), counts: byCategory(1, 0) },
    { start: new Date(firstMs + HOUR_MS).toISOString(), counts: byCategory(3, 0) },
  ])
  assert.equal(hours[2]?.counts, byCategory(0, 1), 'that the server started')
  assert.equal([hours.length, total, truncated], [3, 5, undefined])

  assert.is((await readStats(server.url, 'categories=system')).total, 1)
  assert.is((await readStats(server.url, `until=${new Date(firstMs + HOUR_MS).toISOString()}`)).total, 1)
  assert.equal(await readStats(server.url, 'actor=nobody'), { hours: [], total: 0 })
  assert.is((await call(server.url, 'GET', `${LOG}/stats?limit=5`)).status, 400)
  await server.stop()
})

log('bounds the hours it counts, the newest first, over more rows than one read looks at', async () => {
  const count = 51_000
  const startMs = Date.now() - count * 180_000
  let n = 0
  const dataDir = await fillDataDir(count, { recorder: { nowMs: () => startMs + n++ * 180_000 } })
  const server = await startInProcess({ dataDir })
  const stats = await readStats(server.url, 'categories=device')
  assert.equal([stats.hours.length, stats.truncated], [MAX_HOURS, true])
  assert.is(stats.hours.at(-1)?.start.slice(0, 13), new Date(Date.now() - 180_000).toISOString().slice(0, 13))
  const full = stats.hours.slice(1, -1)
  assert.ok(
    full.every(({ counts }) => counts.device === 20),
    'twenty an hour, none counted twice or left out',
  )
  const all = await readStats(server.url, `since=${new Date(Date.now() - 2_000 * HOUR_MS).toISOString()}`)
  assert.equal([all.truncated, all.hours.length <= 2_001], [undefined, true])
  await server.stop()
})

log('counts on beside a row that somebody edited by hand', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    await waitForEntries(url, 'server_started', 1)
    const edit = new Database(join(dataDir, 'activity.db'))
    edit.exec("update activity_log set ts = 9e18, category = 'x' where seq = 1")
    edit.close()
    await addDevice(url)
    assert.is((await readStats(url)).total, 1)
  })
})

// ---- prune -----------------------------------------------------------------------------------

log('prunes by limits of its own, and tells before what it will do', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(250) })
  const { url } = server
  const dry = await prune(url, { dry_run: true, max_entries: 100 })
  assert.is((await readLog(url)).total, 251, 'a dry run removes nothing')
  assert.equal([dry.dry_run, dry.removed, dry.from_seq, dry.to_seq], [true, 152, 1, 152])

  const done = await prune(url, { max_entries: 100 })
  assert.equal(done, { ...dry, dry_run: false })
  assert.match(done.from_ts ?? '', /^\d{4}-.*Z$/)
  const { entries, total } = await readLog(url)
  assert.equal([total, entries[0]?.action], [100, 'activity_log_pruned'])
  assert.equal([entries[0]?.actor, entries[0]?.metadata.removed], ['anonymous', 152])
  assert.equal([entries[0]?.metadata.from_seq, entries[0]?.metadata.to_seq], [1, 152])
  const settings = await callOk(url, 'GET', `${LOG}/settings`)
  assert.is(settings.max_entries, 10_000_000, 'the stored limits stay')

  const again = await prune(url, { max_entries: 100 })
  assert.equal([again.removed, again.from_seq, again.to_ts], [0, null, null])
  await server.stop()
})

log('prunes by age up to the first entry young enough, dry or not, over more than one read', async () => {
  const dayMs = 24 * HOUR_MS
  const dataDir = await fillDataDir(50_500, {
    recorder: { nowMs: () => Date.now() - 10 * dayMs },
  })
  const young = new Database(join(dataDir, 'activity.db'))
  // A clock that ran backwards: what follows upon a young entry stays, however old.
  young.prepare('update activity_log set ts = ? where seq = 50300').run(Date.now())
  young.close()
  const server = await startInProcess({ dataDir })
  const dry = await prune(server.url, { dry_run: true, max_days: 5 })
  assert.equal([dry.removed, dry.from_seq, dry.to_seq], [50_299, 1, 50_299])
  assert.equal(await prune(server.url, { max_days: 5 }), { ...dry, dry_run: false })
  await server.stop()
})

log('prunes by the stored limits where none are given, also without a body', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(150) })
  await callOk(server.url, 'PUT', `${LOG}/settings`, { max_entries: 200 })
  const report = await callOk(server.url, 'POST', `${LOG}/prune`)
  assert.equal([report.removed, report.max_entries, report.max_days], [0, 200, 3_650])
  for (const order of [{ max_days: 0 }, { max_entries: 99 }, { dry_run: 'yes' }, { days: 5 }]) {
    assert.is((await call(server.url, 'POST', `${LOG}/prune`, order)).status, 400, JSON.stringify(order))
  }
  await server.stop()
})

// ---- clear -----------------------------------------------------------------------------------

log('is wiped, and then holds the entry that says so, on disk when it is answered', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(9_000) })
  const { url, dataDir } = server
  const answer = await callOk(url, 'DELETE', LOG)
  const reader = new Database(join(dataDir, 'activity.db'), { readonly: true })
  const rows = reader.prepare('select seq, action, actor from activity_log').all()
  reader.close()
  assert.equal(answer, { removed: 9_001 })
  assert.equal(rows, [{ seq: 9_002, action: 'activity_log_cleared', actor: 'anonymous' }])
  const [entry] = (await readLog(url)).entries
  assert.equal([entry?.metadata.removed, entry?.metadata.completed], [9_001, true])
  assert.match(JSON.stringify(entry?.metadata.request), `"route":"DELETE ${LOG}"`)
  assert.equal(await callOk(url, 'DELETE', LOG), { removed: 1 })
  await server.stop()
})

log('tells also while it is switched off that it was wiped', async () => {
  await withInProcess(async ({ url }) => {
    await callOk(url, 'PUT', `${LOG}/settings`, { enabled: false })
    assert.equal(await callOk(url, 'DELETE', LOG), { removed: 2 })
    const { entries } = await readLog(url)
    assert.equal(
      entries.map(({ action }) => action),
      ['activity_log_cleared'],
    )
  })
})

log('tells a watcher that comes back what a clear has taken away', async () => {
  await withInProcess(async ({ url }) => {
    await addDevice(url)
    await callOk(url, 'DELETE', LOG)
    await waitForEntries(url, 'activity_log_cleared', 1)
    const watcher = await watch(url, { subscribe: { since_seq: 1 } })
    const gap = await watcher.waitForType('gap')
    assert.is(gap.from, 2)
    await watcher.waitForType('activity_logged')
    assert.is(watcher.seqs()[0], Number(gap.to) + 1)
    await watcher.close()
  })
})

log.run()
