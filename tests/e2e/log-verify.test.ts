// shares the machine
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chainHash } from '../../src/activity/chain.ts'
import { toEntryJson } from '../../src/activity/entry.ts'
import type { LogHead, VerifyReport } from '../../src/protocol/api-log.ts'
import type { ActivityRow, LogMetaRow } from '../../src/storage/row-types.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { addDevice } from '../support/entities.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'
import { startServer } from '../support/server-process.ts'
import { waitFor } from '../support/wait-for.ts'
import { watch } from '../support/watcher.ts'

const verifying = suite('POST /api/v1/activity-log/verify')

const VERIFY = '/api/v1/activity-log/verify'

async function verify(url: string, against?: LogHead): Promise<VerifyReport> {
  return (await callOk(url, 'POST', VERIFY, against ? { against } : {})) as unknown as VerifyReport
}

function edit(dataDir: string, work: (raw: Database.Database) => void): void {
  const raw = new Database(join(dataDir, 'activity.db'))
  try {
    raw.transaction(() => work(raw))()
  } finally {
    raw.close()
  }
}

function readRows(raw: Database.Database): ActivityRow[] {
  return raw.prepare('select * from activity_log order by seq').all() as ActivityRow[]
}

function readMeta(raw: Database.Database): LogMetaRow {
  return raw.prepare('select * from log_meta').get() as LogMetaRow
}

function insertRow(raw: Database.Database, row: ActivityRow): void {
  const names = Object.keys(row)
  raw
    .prepare(`insert into activity_log (${names.join()}) values (${names.map((name) => `@${name}`).join()})`)
    .run(row)
}

/** Chains all rows anew, as somebody would who knows how it is done. */
function rechain(raw: Database.Database): void {
  const { salt, anchor_hash } = readMeta(raw)
  let previous: Uint8Array = anchor_hash
  for (const row of readRows(raw)) {
    previous = chainHash(previous, row.seq, toEntryJson(row, salt))
    raw.prepare('update activity_log set hash = ? where seq = ?').run(previous, row.seq)
  }
}

// ---- an honest log ---------------------------------------------------------------------------

verifying('finds an honest log as it was written, and records that', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    await addDevice(url, { name: 'Größe 💡' })
    await waitForEntries(url, 'server_started', 1)
    const report = await verify(url)
    assert.equal(
      { ...report, head: report.head.seq },
      { ok: true, checked: 2, removed_through_seq: 0, first_bad_seq: null, problem: null, head: 2 },
    )
    edit(dataDir, (raw) => {
      assert.is(readRows(raw)[1]?.hash.toString('hex'), report.head.hash)
    })
    const [entry] = await waitForEntries(url, 'activity_log_verified', 1)
    assert.equal([entry?.severity, entry?.actor], ['info', 'anonymous'])
    const { request: _request, ...metadata } = entry?.metadata ?? {}
    assert.equal(metadata, report)
    assert.is((await verify(url, report.head)).ok, true, 'against the head noted before')
    assert.is((await callOk(url, 'POST', VERIFY)).ok, true, 'without a body')
  })
})

verifying('refuses a head that is none', async () => {
  await withInProcess(async ({ url }) => {
    for (const against of [
      { seq: 1 },
      { seq: -1, hash: 'a'.repeat(64) },
      { seq: 1, hash: 'A'.repeat(64) },
      1,
    ]) {
      const { status, body } = await call(url, 'POST', VERIFY, { against })
      assert.is(status, 400)
      assert.match(String(body.field), /^against/)
    }
  })
})

verifying('finds nothing wrong after a prune, a clear, a restart and while others write', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(2_500) })
  const { url, dataDir } = server
  await callOk(url, 'POST', '/api/v1/activity-log/prune', { max_entries: 1_500 })
  assert.equal([(await verify(url)).ok, (await verify(url)).checked], [true, 1_501])
  await callOk(url, 'DELETE', '/api/v1/activity-log')
  assert.equal([(await verify(url)).ok, (await verify(url)).ok], [true, true])
  await server.stop()
  const again = await startInProcess({ dataDir })
  const writing = Array.from({ length: 30 }, (_, i) => addDevice(again.url, { name: `Strip ${i}` }))
  for (let i = 0; i < 5; i += 1) assert.ok((await verify(again.url)).ok)
  await Promise.all(writing)
  assert.ok((await verify(again.url)).ok)
  await again.stop()
})

verifying('finds nothing wrong after a crash', async () => {
  const dataDir = await fillDataDir(10)
  const server = await startServer(['--data-dir', dataDir])
  await addDevice(server.url)
  const { head } = await verify(server.url)
  await server.end('SIGKILL')
  const again = await startInProcess({ dataDir })
  await waitForEntries(again.url, 'unclean_shutdown_detected', 1)
  const report = await verify(again.url, head)
  assert.equal([report.ok, report.first_bad_seq], [true, null])
  await again.stop()
})

// ---- a forged one ----------------------------------------------------------------------------

/** `last` and `next`: of the entries there were. */
type Place = number | 'last' | 'next'
type Forge = (raw: Database.Database, lastSeq: number) => void
type Forgery = readonly [what: string, at: Place, problem: string, forge: Forge]

function set(column: string, value: string): Forgery {
  const sql = `update activity_log set ${column} = ${value} where seq = 12`
  return [`${column} = ${value}`, 12, 'altered', (raw) => raw.exec(sql)]
}

/** Of a log of some 20 entries or more, whose first 5 were pruned. */
const FORGERIES: readonly Forgery[] = [
  set('category', "'auth'"),
  set('action', "'device_lost'"),
  set('severity', "'error'"),
  set('actor', "'mallory'"),
  set('message', "message || '.'"),
  set('entity_type', "'source'"),
  set('entity_id', "''"),
  set('entity_name', 'null'),
  set('metadata', "'{ }'"),
  set('ts', 'ts + 1'),
  set('ts', 'ts + 0.5'),
  set('ts', 'cast(ts as blob)'),
  set('hash', "x'00'"),
  set('hash', 'zeroblob(32)'),
  set('hash', "'text'"),
  ['deleted', 12, 'missing', (raw) => raw.exec('delete from activity_log where seq = 12')],
  ['the first deleted', 6, 'missing', (raw) => raw.exec('delete from activity_log where seq = 6')],
  [
    'the last deleted',
    'last',
    'missing',
    (raw, lastSeq) => raw.prepare('delete from activity_log where seq = ?').run(lastSeq),
  ],
  ['the last three deleted', 18, 'missing', (raw) => raw.exec('delete from activity_log where seq >= 18')],
  ['all deleted', 6, 'missing', (raw) => raw.exec('delete from activity_log')],
  ['renumbered', 12, 'missing', (raw) => raw.exec('update activity_log set seq = 999 where seq = 12')],
  [
    'swapped',
    12,
    'altered',
    (raw) =>
      raw.exec(`update activity_log set seq = -1 where seq = 12; update activity_log set seq = 12 where seq = 13;
        update activity_log set seq = 13 where seq = -1`),
  ],
  [
    'inserted, those after it moved',
    12,
    'altered',
    (raw, lastSeq) => {
      const row = readRows(raw).find(({ seq }) => seq === 12)
      for (let seq = lastSeq; seq >= 12; seq -= 1) {
        raw.prepare('update activity_log set seq = ? where seq = ?').run(seq + 1, seq)
      }
      if (row) insertRow(raw, { ...row, message: 'nobody said so' })
    },
  ],
  [
    'appended, well chained',
    'next',
    'unexpected',
    (raw, lastSeq) => {
      const last = readRows(raw).at(-1)
      if (last) insertRow(raw, { ...last, seq: lastSeq + 1, actor: 'mallory' })
      rechain(raw)
    },
  ],
  [
    'before the anchor',
    3,
    'unexpected',
    (raw) => {
      const first = readRows(raw)[0]
      if (first) insertRow(raw, { ...first, seq: 3 })
    },
  ],
  [
    'at the anchor',
    5,
    'unexpected',
    (raw) => {
      const first = readRows(raw)[0]
      if (first) insertRow(raw, { ...first, seq: 5 })
    },
  ],
  ['number of the anchor lowered', 5, 'missing', (raw) => raw.exec('update log_meta set anchor_seq = 4')],
  ['number of the anchor raised', 6, 'unexpected', (raw) => raw.exec('update log_meta set anchor_seq = 7')],
  ['hash of the anchor', 6, 'altered', (raw) => raw.exec('update log_meta set anchor_hash = zeroblob(32)')],
  ['hash of the anchor, no hash', 6, 'altered', (raw) => raw.exec("update log_meta set anchor_hash = x'00'")],
  ['salt', 6, 'altered', (raw) => raw.exec('update log_meta set salt = salt + 1')],
  [
    'cut off at the beginning, the anchor moved with it',
    6,
    'missing',
    (raw) => {
      const eighth = readRows(raw).find(({ seq }) => seq === 8)
      raw.exec('delete from activity_log where seq <= 8')
      raw.prepare('update log_meta set anchor_seq = 8, anchor_hash = ?').run(eighth?.hash)
    },
  ],
  [
    'edited, and all chained anew',
    'last',
    'altered',
    (raw) => {
      raw.exec("update activity_log set actor = 'mallory' where seq = 12")
      rechain(raw)
    },
  ],
  [
    'edited, and its own hash made anew',
    13,
    'altered',
    (raw) => {
      raw.exec("update activity_log set actor = 'mallory' where seq = 12")
      const [before, row] = readRows(raw).filter(({ seq }) => seq === 11 || seq === 12)
      if (!before || !row) return
      const hash = chainHash(before.hash, 12, toEntryJson(row, readMeta(raw).salt))
      raw.prepare('update activity_log set hash = ? where seq = 12').run(hash)
    },
  ],
  ['log_meta emptied', 0, 'missing', (raw) => raw.exec('delete from log_meta')],
]

/** Undoes a forgery, beside the entry that tells what became of it. */
function restore(raw: Database.Database, rows: readonly ActivityRow[], meta: LogMetaRow): void {
  const last = rows.at(-1)
  const next = readRows(raw).find(({ seq }) => seq === (last?.seq ?? 0) + 1)
  const isHonest = last && next && next.actor !== 'mallory' && isNextLink(last.hash, next, meta.salt)
  raw.exec('delete from activity_log')
  for (const row of isHonest ? [...rows, next] : rows) insertRow(raw, row)
  raw.exec('delete from log_meta')
  raw.prepare('insert into log_meta values (@id, @log_id, @salt, @anchor_seq, @anchor_hash)').run(meta)
}

function isNextLink(previous: Uint8Array, row: ActivityRow, salt: number): boolean {
  return chainHash(previous, row.seq, toEntryJson(row, salt)).equals(row.hash)
}

verifying('finds and locates every forgery', async () => {
  const dataDir = await fillDataDir(25, {
    details: (n) => ({
      message: `entry ${n}`,
      entity: { type: 'device', id: `dev_${n}`, name: `Strip ${n}` },
    }),
  })
  edit(dataDir, (raw) => {
    const fifth = readRows(raw).find(({ seq }) => seq === 5)
    raw.exec('delete from activity_log where seq <= 5')
    raw.prepare('update log_meta set anchor_seq = 5, anchor_hash = ?').run(fifth?.hash)
  })
  await withInProcess(
    async ({ url }) => {
      await waitForEntries(url, 'server_started', 1)
      for (const [index, [what, at, problem, forge]] of FORGERIES.entries()) {
        let rows: readonly ActivityRow[] = []
        let meta: LogMetaRow | undefined
        let lastSeq = 0
        edit(dataDir, (raw) => {
          rows = readRows(raw)
          meta = readMeta(raw)
          lastSeq = rows.at(-1)?.seq ?? 0
          forge(raw, lastSeq)
        })
        const report = await verify(url)
        const expected = at === 'last' ? lastSeq : at === 'next' ? lastSeq + 1 : at
        assert.equal(
          [what, report.ok, report.first_bad_seq, report.problem],
          [what, false, expected, problem],
        )
        edit(dataDir, (raw) => meta && restore(raw, rows, meta))
        await waitForEntries(url, 'activity_log_verified', index + 1)
      }
      assert.is((await verify(url)).ok, true, 'all undone')
    },
    { dataDir },
  )
})

verifying('records a forged log as an error, and names the entry', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    await addDevice(url)
    await waitForEntries(url, 'entity_created', 1)
    edit(dataDir, (raw) => raw.exec("update activity_log set actor = 'mallory' where seq = 2"))
    await verify(url)
    const [entry] = await waitForEntries(url, 'activity_log_verified', 1)
    assert.equal([entry?.severity, entry?.metadata.first_bad_seq, entry?.metadata.ok], ['error', 2, false])
    assert.match(entry?.message ?? '', 'entry 2 was changed')
  })
})

// ---- against a head noted before -------------------------------------------------------------

/** A stopped server's files, and the head that its log had. */
async function stoppedLog(): Promise<{ readonly dataDir: string; readonly head: LogHead }> {
  const dataDir = await fillDataDir(30)
  let head: LogHead | undefined
  edit(dataDir, (raw) => {
    const last = readRows(raw).at(-1)
    if (last) head = { seq: last.seq, hash: last.hash.toString('hex') }
  })
  if (!head) throw new Error('no entries')
  return { dataDir, head }
}

verifying('finds by a noted head that the tail was cut off while the server was stopped', async () => {
  const { dataDir, head } = await stoppedLog()
  edit(dataDir, (raw) => raw.exec('delete from activity_log where seq > 20'))
  await withInProcess(
    async ({ url }) => {
      await waitForEntries(url, 'server_started', 1)
      assert.is((await verify(url)).ok, true, 'the file alone cannot know')
      const report = await verify(url, head)
      assert.equal([report.ok, report.problem], [false, 'missing'])
      assert.is(report.first_bad_seq, 23, 'after what the server has written since')
    },
    { dataDir },
  )
})

verifying('finds by a noted head that the log was rewritten as a whole', async () => {
  const { dataDir, head } = await stoppedLog()
  edit(dataDir, (raw) => {
    raw.exec("update activity_log set actor = 'mallory' where seq = 7")
    rechain(raw)
  })
  await withInProcess(
    async ({ url }) => {
      assert.is((await verify(url)).ok, true, 'the file alone cannot know')
      const report = await verify(url, head)
      assert.equal([report.ok, report.first_bad_seq, report.problem], [false, 30, 'altered'])
    },
    { dataDir },
  )
})

verifying('finds that the log was given another name', async () => {
  const { dataDir } = await stoppedLog()
  edit(dataDir, (raw) => raw.exec("update log_meta set log_id = '00000000-0000-4000-8000-000000000000'"))
  await withInProcess(
    async ({ url }) => {
      const report = await verify(url)
      assert.equal([report.ok, report.first_bad_seq], [false, 1])
    },
    { dataDir },
  )
})

verifying('does not vouch for a noted head that was pruned', async () => {
  const { dataDir, head } = await stoppedLog()
  await withInProcess(
    async ({ url }) => {
      await waitForEntries(url, 'server_started', 1)
      await callOk(url, 'DELETE', '/api/v1/activity-log')
      const { status, body } = await call(url, 'POST', VERIFY, { against: head })
      assert.equal([status, body.code, body.field], [409, 'LG_ENTITY_WRONG_STATE', 'against'])
      const hash = createHash('sha256').update('x').digest('hex')
      assert.is((await verify(url, { seq: 10_000, hash })).ok, false, 'nor for one that never was')
    },
    { dataDir },
  )
})

// ---- a long walk -----------------------------------------------------------------------------

verifying('tells watchers how far it is, and ends when whoever asked has left', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(20_000) })
  const { url } = server
  const watcher = await watch(url)
  const report = await verify(url)
  assert.equal([report.ok, report.checked], [true, 20_002])
  const progress = () => watcher.events.filter(({ type }) => type === 'job_progress')
  const last = await waitFor(() => progress().find(({ state }) => state === 'done'), 'the end of the job')
  const { job_id: jobId, ...fields } = last
  assert.equal(fields, { type: 'job_progress', job: 'verify', state: 'done', done: 20_002, total: 20_002 })
  const [first] = progress()
  assert.equal([first?.job_id, first?.state, first?.done, first?.total], [jobId, 'running', 1_000, 20_002])

  const leaving = new AbortController()
  const isOther = ({ job_id: id }: { readonly [field: string]: unknown }): boolean => id !== jobId
  const gone = fetch(new URL(VERIFY, url), { method: 'POST', signal: leaving.signal }).catch(() => 'left')
  await waitFor(() => progress().some(isOther), 'the second job')
  leaving.abort()
  assert.is(await gone, 'left')
  const failed = await waitFor(
    () => progress().find((event) => isOther(event) && event.state !== 'running'),
    'its end',
  )
  assert.is(failed.state, 'failed')
  assert.ok(Number(failed.done) < 20_000, `${failed.done} checked`)
  assert.is((await readLog(url, 'actions=activity_log_verified')).total, 1)
  await watcher.close()
  await server.stop()
})

verifying.run()
