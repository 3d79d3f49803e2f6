import { statSync } from 'node:fs'
import fc from 'fast-check'
import { CompiledQuery } from 'kysely'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyFilters } from '../../../src/activity/filter-query.ts'
import { ActivityLogRepository, COUNT_CAP } from '../../../src/activity/repository.ts'
import type { ActivityFilters } from '../../../src/protocol/log-read.ts'
import { openActivityReader } from '../../../src/storage/open.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { openLog } from '../../support/activity.ts'

const repository = suite('activity log repository')

/** A row without meaning; its hash names its `seq`, so that an anchor can be traced. */
function rowOf(seq: number, fields: Partial<ActivityRow> = {}): ActivityRow {
  return {
    seq,
    ts: seq * 1_000,
    category: 'system',
    action: 'server_started',
    severity: 'info',
    actor: 'system',
    message: `entry ${seq}`,
    entity_type: null,
    entity_id: null,
    entity_name: null,
    metadata: '{}',
    hash: hashOf(seq),
    ...fields,
  }
}

function hashOf(seq: number): Buffer {
  return Buffer.alloc(32, seq % 256)
}

async function setup(rows: number | readonly ActivityRow[] = 0) {
  const log = await openLog()
  const all = typeof rows === 'number' ? Array.from({ length: rows }, (_, i) => rowOf(i + 1)) : rows
  for (let i = 0; i < all.length; i += 1_000) await log.repository.record(all.slice(i, i + 1_000))
  const anchor = (): unknown => log.raw.prepare('select anchor_seq, anchor_hash from log_meta').get()
  const seqs = (): unknown => log.raw.prepare('select seq from activity_log order by seq').pluck().all()
  return { ...log, anchor, seqs }
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
}

function seqsOf(rows: readonly { readonly seq: number }[]): readonly number[] {
  return rows.map(({ seq }) => seq)
}

async function collect(rows: AsyncIterable<ActivityRow>): Promise<readonly number[]> {
  const seqs: number[] = []
  for await (const { seq } of rows) seqs.push(seq)
  return seqs
}

repository('gives back what it stored', async () => {
  const row = rowOf(1, {
    category: 'device',
    action: 'device_lost',
    severity: 'warning',
    actor: 'Küche',
    message: 'Größe 💡',
    entity_type: 'device',
    entity_id: 'dev_1',
    entity_name: 'Desk',
    metadata: '{"reason":"silence"}',
  })
  const { repository: log } = await setup([row])
  assert.equal(await log.findBySeq(1), row)
  assert.is(await log.findBySeq(2), undefined)
})

repository('stores a group whole or not at all', async () => {
  const { repository: log, seqs } = await setup(3)
  let failed = false
  await log.record([rowOf(4), rowOf(2), rowOf(5)]).catch(() => {
    failed = true
  })
  assert.ok(failed)
  assert.equal(seqs(), [1, 2, 3])
})

repository('stores 2,700 rows at once, and none', async () => {
  const { repository: log } = await setup()
  await log.record(range(1, 2_700).map((seq) => rowOf(seq)))
  await log.record([])
  assert.is(await log.count({}), 2_700)
})

const FILTERED: readonly ActivityRow[] = [
  rowOf(1, { category: 'auth', action: 'auth_failed', severity: 'warning', actor: 'anonymous' }),
  rowOf(2, {
    category: 'device',
    action: 'device_lost',
    severity: 'warning',
    entity_type: 'device',
    entity_id: 'a',
  }),
  rowOf(3, { category: 'device', action: 'device_discovered', entity_type: 'device', entity_id: 'b' }),
  rowOf(4, {
    category: 'entity',
    action: 'entity_updated',
    actor: 'alice',
    entity_type: 'target',
    entity_id: 'a',
  }),
  rowOf(5, { severity: 'error', actor: 'alice' }),
]

const FILTERS: readonly (readonly [name: string, filters: ActivityFilters, expected: readonly number[]])[] = [
  ['nothing', {}, [5, 4, 3, 2, 1]],
  ['one category', { categories: ['device'] }, [3, 2]],
  ['several categories', { categories: ['auth', 'entity'] }, [4, 1]],
  ['an empty list, which is no filter', { categories: [], severities: [], actions: [] }, [5, 4, 3, 2, 1]],
  ['severities', { severities: ['warning', 'error'] }, [5, 2, 1]],
  ['actions', { actions: ['auth_failed', 'device_discovered', 'no_such'] }, [3, 1]],
  ['an actor', { actor: 'alice' }, [5, 4]],
  ['an actor exactly', { actor: 'Alice' }, []],
  ['a type of entity', { entityType: 'device' }, [3, 2]],
  ['an entity', { entityType: 'device', entityId: 'a' }, [2]],
  ['an entity id alone', { entityId: 'a' }, [4, 2]],
  ['since, inclusive', { sinceMs: 3_000 }, [5, 4, 3]],
  ['until, exclusive', { untilMs: 3_000 }, [2, 1]],
  ['a span of time', { sinceMs: 2_000, untilMs: 4_000 }, [3, 2]],
  ['an empty span', { sinceMs: 4_000, untilMs: 2_000 }, []],
  ['since 1970', { sinceMs: 0, untilMs: 0 }, []],
  [
    'all at once',
    { categories: ['device'], severities: ['warning'], entityId: 'a', q: 'entry', sinceMs: 1 },
    [2],
  ],
]
for (const [name, filters, expected] of FILTERS) {
  repository(`filters by ${name}, in the page, the count, the export and the catch-up alike`, async () => {
    const { repository: log } = await setup(FILTERED)
    assert.equal(seqsOf((await log.query(filters, 50)).rows), expected)
    assert.is(await log.count(filters), expected.length)
    assert.equal(await collect(log.iterate(filters, 5)), expected.toReversed())
    assert.equal(seqsOf((await log.readAfter(0, filters, 50)).rows), expected.toReversed())
  })
}

const SEARCHES: readonly (readonly [q: string, expected: readonly number[]])[] = [
  ['desk', [1, 2, 3, 4]],
  ['DESK', [1, 2, 3, 4]],
  ['device_lost', [1]],
  ['100%', [5]],
  ['100_', []],
  ['a_c', [6]],
  ['\\', [7]],
  ['c:\\x', [7]],
  ["o'neil", [8]],
  ['Ärger', [9]],
  ['ÄRGER', [9]],
  ['ärger', [9]],
  ['äR', [9]],
  ['Ürger', []],
  ['Ä%r', []],
  ['💡', [10]],
  ['%', [5]],
  ['no such', []],
]
for (const [q, expected] of SEARCHES) {
  repository(`finds ${JSON.stringify(q)} literally, in message, action, entity name and actor`, async () => {
    const { repository: log } = await setup([
      rowOf(1, { message: 'x', action: 'device_lost', entity_name: 'Desk' }),
      rowOf(2, { message: 'the desk is gone' }),
      rowOf(3, { message: 'x', action: 'desk_moved' }),
      rowOf(4, { message: 'x', actor: 'desk tablet' }),
      rowOf(5, { message: '100% of 1000' }),
      rowOf(6, { message: 'a_c', entity_name: 'abc' }),
      rowOf(7, { message: 'C:\\x' }),
      rowOf(8, { message: "O'Neil" }),
      rowOf(9, { message: 'Ärger' }),
      rowOf(10, { message: '💡' }),
      rowOf(11, { message: 'x', metadata: '{"note":"desk"}', entity_id: 'desk' }),
    ])
    assert.equal(seqsOf((await log.query({ q }, 50)).rows), expected.toReversed())
  })
}

repository('pages without a gap or a duplicate while entries are written', async () => {
  const { repository: log } = await setup(95)
  const seen: number[] = []
  let cursor: number | undefined
  let next = 96
  for (;;) {
    const page = await log.query({}, 10, cursor)
    seen.push(...seqsOf(page.rows))
    await log.record([rowOf(next), rowOf(next + 1)])
    next += 2
    if (page.nextBeforeSeq === null) break
    cursor = page.nextBeforeSeq
  }
  assert.equal(seen, range(1, 95).toReversed())
})

repository('says that a page is the last one only when it is', async () => {
  const { repository: log } = await setup(20)
  assert.is((await log.query({}, 20)).nextBeforeSeq, null, 'exactly full')
  assert.is((await log.query({}, 19)).nextBeforeSeq, 2)
  assert.is((await log.query({}, 10, 11)).nextBeforeSeq, null)
  assert.equal(await log.query({}, 10, 1), { rows: [], nextBeforeSeq: null })
})

repository('counts exactly up to its cap and then says more', async () => {
  const { repository: log } = await setup(COUNT_CAP)
  assert.is(await log.count({}), COUNT_CAP)
  await log.record(range(COUNT_CAP + 1, COUNT_CAP + 50).map((seq) => rowOf(seq)))
  assert.is(await log.count({}), COUNT_CAP + 1)
  assert.is(await log.count({ sinceMs: 5_000, untilMs: 8_000 }), 3)
})

repository('reads on for a watcher in pages, with the cursor after each', async () => {
  const { repository: log } = await setup(25)
  const pages: (readonly [readonly number[], number])[] = []
  let after = 3
  for (let page = 0; page < 4; page += 1) {
    const { rows, scannedSeq, anchorSeq } = await log.readAfter(after, {}, 10)
    assert.is(anchorSeq, 0)
    pages.push([seqsOf(rows), scannedSeq])
    after = scannedSeq
  }
  assert.equal(pages, [
    [range(4, 13), 13],
    [range(14, 23), 23],
    [[24, 25], 25],
    [[], 25],
  ])
})

repository('reads on past what does not match, up to the newest', async () => {
  const { repository: log } = await setup(FILTERED)
  const none = await log.readAfter(0, { actor: 'nobody' }, 10)
  assert.equal([none.rows.length, none.scannedSeq], [0, 5])
  const full = await log.readAfter(0, { categories: ['device'] }, 2)
  assert.equal([seqsOf(full.rows), full.scannedSeq], [[2, 3], 3], 'a full page ends at its last row')
})

repository('tells a watcher what is gone, after a prune, after a clear, and beyond the head', async () => {
  const { repository: log } = await setup(10)
  await log.prune(null, 6)
  const pruned = await log.readAfter(1, {}, 50)
  assert.equal([seqsOf(pruned.rows), pruned.anchorSeq, pruned.scannedSeq], [range(5, 10), 4, 10])
  await log.clear()
  const cleared = await log.readAfter(7, {}, 50)
  assert.equal([cleared.rows.length, cleared.anchorSeq, cleared.scannedSeq], [0, 10, 10])
  assert.is((await log.readAfter(99, {}, 50)).scannedSeq, 99, 'the cursor never goes back')
})

repository(
  'exports everything up to the given seq, oldest first, though more is written meanwhile',
  async () => {
    const { repository: log } = await setup(2_500)
    const seen: number[] = []
    for await (const { seq } of log.iterate({}, 2_400)) {
      seen.push(seq)
      if (seq % 1_000 === 0) await log.record([rowOf(10_000 + seq)])
    }
    assert.equal(seen, range(1, 2_400))
  },
)

repository('goes on with an export while old entries are pruned', async () => {
  const { repository: log } = await setup(3_000)
  const seen: number[] = []
  for await (const { seq } of log.iterate({}, 3_000)) {
    seen.push(seq)
    if (seq === 500) await log.prune(null, 1_200)
  }
  assert.equal(seen, [...range(1, 1_000), ...range(1_801, 3_000)])
})

repository('prunes by age and by count, whichever takes more, and anchors the chain there', async () => {
  const byAge = await setup(10)
  assert.is(await byAge.repository.prune(4_000, 1_000), 3)
  assert.equal(byAge.seqs(), range(4, 10))
  assert.equal(byAge.anchor(), { anchor_seq: 3, anchor_hash: hashOf(3) })

  const byCount = await setup(10)
  assert.is(await byCount.repository.prune(null, 4), 6)
  assert.equal(byCount.seqs(), range(7, 10))

  const both = await setup(10)
  assert.is(await both.repository.prune(9_000, 4), 8)
  assert.equal(both.seqs(), [9, 10])
})

repository('prunes nothing that need not go, and does not move the anchor then', async () => {
  const { repository: log, anchor } = await setup(10)
  const before = anchor()
  assert.is(await log.prune(1_000, 10), 0)
  assert.is(await log.prune(null, 10), 0)
  assert.equal(anchor(), before)
  assert.is(await (await setup()).repository.prune(9_000, 1), 0, 'nor in an empty log')
})

repository('prunes only a prefix, though the clock once ran backwards', async () => {
  const rows = range(1, 6).map((seq) => rowOf(seq, { ts: [1, 2, 9, 3, 4, 9][seq - 1] ?? 0 }))
  const { repository: log, seqs, anchor } = await setup(rows)
  assert.is(await log.prune(5, 1_000), 2)
  assert.equal(seqs(), [3, 4, 5, 6])
  assert.equal(anchor(), { anchor_seq: 2, anchor_hash: hashOf(2) })
})

repository('prunes the same in chunks of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 10 }),
      async (times, beforeMs, maxEntries, chunkRows) => {
        const { repository: log, seqs, db } = await setup(times.map((ts, i) => rowOf(i + 1, { ts })))
        const firstYoung = times.findIndex((ts) => ts >= beforeMs)
        const byAge = firstYoung === -1 ? times.length : firstYoung
        // The age rule goes on where the count rule ends, as long as what follows is old.
        const byCount = Math.max(0, times.length - maxEntries)
        const afterCount = times.slice(byCount).findIndex((ts) => ts >= beforeMs)
        const expected = Math.max(byAge, afterCount === -1 ? times.length : byCount + afterCount)
        let removed = 0
        for (;;) {
          const { count } = await log.pruneChunk({ beforeMs, maxEntries }, chunkRows)
          removed += count
          if (count < chunkRows) break
        }
        assert.is(removed, expected)
        assert.equal(seqs(), range(expected + 1, times.length))
        await db.destroy()
      },
    ),
    { numRuns: 30 },
  )
})

repository('clears everything; seq and chain go on from there', async () => {
  const { repository: log, seqs, anchor } = await setup(10)
  await log.prune(null, 8)
  assert.is(await log.clear(), 8)
  assert.equal(seqs(), [])
  assert.equal(anchor(), { anchor_seq: 10, anchor_hash: hashOf(10) })
  const { headSeq, headHash, anchorSeq } = await log.readState()
  assert.equal([headSeq, headHash, anchorSeq], [10, hashOf(10), 10])
  assert.is(await log.clear(), 0, 'a second time there is nothing')
  assert.equal(anchor(), { anchor_seq: 10, anchor_hash: hashOf(10) })
})

repository('knows where the log stands', async () => {
  const { repository: log, raw } = await setup()
  const empty = await log.readState()
  assert.equal([empty.anchorSeq, empty.headSeq], [0, 0])
  assert.match(empty.logId, /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  assert.ok(Number.isInteger(empty.salt) && empty.salt >= 0 && empty.salt <= 0xffff_ffff)
  assert.equal(empty.headHash, raw.prepare('select anchor_hash from log_meta').pluck().get())
  await log.record([rowOf(1), rowOf(2)])
  const { headSeq, headHash, salt, logId } = await log.readState()
  assert.equal([headSeq, headHash], [2, hashOf(2)])
  assert.equal([salt, logId], [empty.salt, empty.logId], 'drawn once')
})

repository('gives free pages back so that the file really shrinks', async () => {
  const {
    repository: log,
    raw,
    file,
  } = await setup(
    range(1, 5_000).map((seq) => rowOf(seq, { metadata: JSON.stringify({ fill: 'x'.repeat(500) }) })),
  )
  raw.pragma('wal_checkpoint(TRUNCATE)')
  const before = statSync(file).size
  await log.prune(null, 100)
  assert.is(await log.reclaim(10), 10, 'no more than asked for')
  while ((await log.reclaim(200)) > 0);
  raw.pragma('wal_checkpoint(TRUNCATE)')
  const after = statSync(file).size
  assert.ok(after < before / 10, `${before} -> ${after} bytes`)
  assert.is(await log.reclaim(10), 0)
  assert.is(raw.pragma('integrity_check', { simple: true }), 'ok')
  assert.is(await log.count({}), 100)
})

repository('is read beside its writer, and cannot be written there', async () => {
  const { repository: log, file } = await setup(5)
  const reader = new ActivityLogRepository(openActivityReader(file))
  assert.is(await reader.count({}), 5)
  await log.record([rowOf(6)])
  assert.is((await reader.readAfter(5, {}, 10)).rows.length, 1)
  let code: unknown
  await reader.record([rowOf(7)]).catch((cause: { code?: unknown }) => {
    code = cause.code
  })
  assert.is(code, 'SQLITE_READONLY')
})

const INDEXED: readonly [string, ActivityFilters][] = [
  ['activity_log_entity', { entityType: 'device', entityId: 'a' }],
  ['activity_log_entity', { entityId: 'a' }],
  ['activity_log_notable', { severities: ['error'] }],
  ['activity_log_notable', { severities: ['warning', 'error'] }],
  ['activity_log_person', { actor: 'alice' }],
  ['activity_log_auth', { categories: ['auth'] }],
]

for (const [index, filters] of INDEXED) {
  repository(`reads ${JSON.stringify(filters)} by ${index}, without sorting`, async () => {
    const { db } = await setup(10)
    const { sql, parameters } = applyFilters(db.selectFrom('activity_log').selectAll(), filters)
      .orderBy('seq', 'desc')
      .limit(51)
      .compile()
    const { rows } = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    const plan = rows.map(({ detail }) => detail).join('; ')
    assert.match(plan, index)
    assert.not.match(plan, 'TEMP B-TREE')
  })
}

repository.run()
