import { setImmediate as nextLoop } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { currentActor, runAs } from '../../../src/activity/actor.ts'
import { chainHash } from '../../../src/activity/chain.ts'
import type { ActivityRecorder } from '../../../src/activity/recorder.ts'
import type { JsonObject } from '../../../src/protocol/activity.ts'
import { openLog } from '../../support/activity.ts'

const recorder = suite('activity recorder')

function say(target: ActivityRecorder, message: string, metadata?: JsonObject): void {
  target.record('system', 'server_started', { message, ...(metadata && { metadata }) })
}

function assertBalanced(target: ActivityRecorder): void {
  const { accepted, stored, queued, dropped } = target.counts()
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  assert.is(accepted, stored + queued + lost, JSON.stringify(target.counts()))
}

recorder('stores what it was told and publishes it after the commit, in order', async () => {
  const log = await openLog({
    publish: (entries) => {
      const count = log.raw.prepare('select count(*) from activity_log').pluck().get()
      seen.push(...entries.map(({ seq }) => ({ seq, committed: Number(count) >= seq })))
    },
  })
  const seen: { seq: number; committed: boolean }[] = []
  for (let i = 1; i <= 300; i += 1) say(log.recorder, `entry ${i}`)
  assert.is(log.recorder.counts().queued, 300, 'nothing is written inside record()')
  await log.recorder.flush()
  await nextLoop()

  assert.equal(
    seen.map(({ seq }) => seq),
    Array.from({ length: 300 }, (_, i) => i + 1),
  )
  assert.ok(seen.every(({ committed }) => committed))
  const { rows } = await log.repository.query({}, 200)
  assert.is(rows[0]?.message, 'entry 300')
  assertBalanced(log.recorder)
})

recorder('commits in groups whose size it learns, and measures each', async () => {
  const groups: number[] = []
  const timed: number[] = []
  const log = await openLog({
    publish: (entries) => groups.push(entries.length),
    onCommitTimed: (rows, tookMs) => timed.push(tookMs > 0 ? rows : Number.NaN),
  })
  for (let i = 0; i < 300; i += 1) say(log.recorder, 'x')
  await log.recorder.flush()
  await nextLoop()
  assert.is(groups[0], 64)
  assert.ok(groups.length < 10, String(groups))
  assert.is(
    groups.reduce((sum, rows) => sum + rows),
    300,
  )
  assert.equal(timed, groups)
})

recorder('files an entry under who recorded it, not under who armed the flush', async () => {
  const log = await openLog()
  runAs('alice', () => say(log.recorder, 'a'), { address: '192.168.1.7' })
  runAs('bob', () => say(log.recorder, 'b'))
  say(log.recorder, 'c')
  runAs('alice', () => log.recorder.record('system', 'server_started', { message: 'd', actor: 'carol' }))
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 10)
  assert.equal(
    rows.map(({ message, actor, metadata }) => [message, actor, metadata]),
    [
      ['d', 'carol', '{}'],
      ['c', 'system', '{}'],
      ['b', 'bob', '{}'],
      ['a', 'alice', '{"request":{"address":"192.168.1.7"}}'],
    ],
  )
})

recorder('never throws, whatever it is given', async () => {
  const log = await openLog()
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const throwing = {
    get trap(): string {
      throw new Error('no')
    },
  }
  const details: unknown[] = [
    undefined,
    null,
    42,
    { message: 42 },
    { message: undefined },
    { message: 'x', metadata: throwing },
    { message: 'x', entity: { type: 1, id: {}, name: null } },
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('proxy')
        },
      },
    ),
  ]
  for (const detail of details) log.recorder.record('system', 'server_started', detail as { message: string })
  for (const action of ['nonsense', 'constructor', undefined]) {
    log.recorder.record('system', action as 'server_started', { message: 'x' })
  }
  const unusable = {
    toString: () => {
      throw new Error('no')
    },
  }
  for (const category of [unusable, Symbol('s'), undefined, 'constructor'])
    log.recorder.record(category as 'system', 'server_started', { message: 'x' })
  log.recorder.record('system', 'server_started', { message: 'kept', metadata: circular as JsonObject })
  await log.recorder.flush()
  await nextLoop()
  await log.recorder.flush()
  assertBalanced(log.recorder)
  const { rows } = await log.repository.query({}, 50)
  assert.ok(rows.some(({ message }) => message === 'kept'))
  const lost = rows.filter(({ action }) => action === 'activity_records_lost')
  const told = lost.reduce((sum, { metadata }) => sum + JSON.parse(metadata).count, 0)
  assert.is(told, log.recorder.counts().dropped.invalid, 'every loss is told in the log')
  assert.ok(told >= 12)
})

recorder('retries a failing commit with the same rows and loses nothing', async () => {
  let failures = 3
  const stored: number[][] = []
  const recovered: string[] = []
  const log = await openLog({
    retry: { firstMs: 1, capMs: 2 },
    store: async (rows) => {
      if (failures > 0) {
        failures -= 1
        throw new Error('disk full')
      }
      stored.push(rows.map(({ seq }) => seq))
      for (const row of rows) if (row.action === 'activity_log_recovered') recovered.push(row.metadata)
      return undefined
    },
  })
  say(log.recorder, 'one')
  await nextLoop()
  await nextLoop()
  assert.is(log.recorder.outage?.reason, 'of an unexpected error (disk full)')
  say(log.recorder, 'two')
  await log.recorder.flush()
  await log.recorder.flush() // What tells of the outage was recorded with the first commit.
  assert.equal(stored.flat(), [1, 2, 3])
  assert.is(JSON.parse(recovered[0] ?? '{}').late, 2)
  assert.is(log.recorder.outage, undefined)
  assert.equal(log.warnings, [
    'the activity log cannot be written; records wait in memory',
    'the activity log can be written again',
  ])
  assertBalanced(log.recorder)
})

recorder('waits out a full disk', async () => {
  const log = await openLog({ retry: { firstMs: 1, capMs: 5 } })
  const pages = Number(log.raw.pragma('page_count', { simple: true }))
  log.raw.pragma(`max_page_count = ${pages + 2}`) // SQLite's own SQLITE_FULL
  for (let i = 0; i < 500; i += 1) say(log.recorder, `entry ${i}`, { fill: 'x'.repeat(500) })
  while (log.recorder.outage === undefined) await nextLoop()
  const before = log.published.length
  assert.ok(before < 500)
  assertBalanced(log.recorder)

  log.raw.pragma('max_page_count = 1000000')
  await log.recorder.flush()
  assert.is(log.recorder.outage, undefined)
  assert.equal(
    log.published.slice(0, 500).map(({ seq, row }) => [seq, row.message]),
    Array.from({ length: 500 }, (_, i) => [i + 1, `entry ${i}`]),
  )
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 1)
  assert.is(rows[0]?.action, 'activity_log_recovered')
  assert.match(rows[0]?.message ?? '', /because the disk is full; \d+ entries waited until now\.$/)
  assert.is(await log.repository.count({}), 501)
  assertBalanced(log.recorder)
})

recorder('runs what a commit sets off as the system, not as whoever recorded first', async () => {
  const actors: string[] = []
  const log = await openLog({
    publish: () => {
      actors.push(currentActor())
      if (actors.length === 1) say(log.recorder, 'said by a watcher')
    },
  })
  runAs('alice', () => say(log.recorder, 'x'))
  await runAs('alice', () => log.recorder.flush())
  await log.recorder.flush()
  assert.equal(actors, ['system', 'system'])
  const { rows } = await log.repository.query({}, 10)
  assert.equal(
    rows.map(({ actor }) => actor),
    ['system', 'alice'],
  )
})

recorder('drops beyond its bound, counts it, and tells it in the log once writing works', async () => {
  let broken = true
  const log = await openLog({
    maxQueued: 10,
    retry: { firstMs: 1, capMs: 1 },
    store: async (rows) => {
      if (broken) throw new Error('disk full')
      await log.repository.record(rows)
      return undefined
    },
  })
  for (let i = 0; i < 25; i += 1) say(log.recorder, `entry ${i}`)
  assertBalanced(log.recorder)
  assert.equal(log.recorder.counts().dropped, { queue_full: 15 })
  await nextLoop()
  broken = false
  await log.recorder.flush()
  await nextLoop()
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 50)
  assert.is(rows.length, 12)
  assert.equal(
    rows.slice(0, 2).map(({ action }) => action),
    ['activity_records_lost', 'activity_log_recovered'],
  )
  assert.equal(JSON.parse(rows[0]?.metadata ?? ''), {
    count: 15,
    categories: { system: 15 },
    reasons: { queue_full: 15 },
  })
  assertBalanced(log.recorder)
})

recorder('tells of losses that go on once in a while, and of the rest at its end', async () => {
  const log = await openLog({ maxQueued: 4, reportIntervalMs: 60_000 })
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 10; i += 1) say(log.recorder, 'x')
    await log.recorder.flush()
    await nextLoop()
  }
  const told = (): readonly number[] =>
    (
      log.raw
        .prepare("select metadata from activity_log where action = 'activity_records_lost'")
        .pluck()
        .all() as string[]
    ).map((metadata) => JSON.parse(metadata).count)
  assert.is(told().length, 1)
  assert.is(log.recorder.flushSync(), 0)
  assert.is(told().length, 2)
  assert.is(
    told().reduce((sum, count) => sum + count),
    log.recorder.counts().dropped.queue_full,
  )
  assertBalanced(log.recorder)
})

recorder('records nothing while disabled, except what explains it', async () => {
  const log = await openLog({ enabled: false })
  say(log.recorder, 'suppressed')
  log.recorder.record('auth', 'key_created', { message: 'suppressed' })
  log.recorder.record('system', 'activity_log_cleared', { message: 'kept' })
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 10)
  assert.equal(
    rows.map(({ message }) => message),
    ['kept'],
  )
  assert.equal(log.recorder.setEnabled(true), { system: 1, auth: 1 })
  assert.equal(log.recorder.setEnabled(true), {}, 'told once')
})

recorder(
  "writes the rest synchronously at the last moment, inside somebody else's transaction too",
  async () => {
    const log = await openLog()
    say(log.recorder, 'committed')
    await log.recorder.flush()
    let entered: () => void = () => {}
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    const stuck = log.db.transaction().execute(async (trx) => {
      await trx.updateTable('log_meta').set({ anchor_seq: 999 }).execute()
      entered()
      await new Promise(() => {})
    })
    void stuck
    await inside
    for (let i = 0; i < 200; i += 1) say(log.recorder, `late ${i}`)
    await nextLoop() // The first group is sealed and waits for the connection.
    assert.is(log.recorder.flushSync(), 0)
    assert.is(log.recorder.flushSync(), 0, 'the second call has nothing to do')
    assert.is(log.raw.prepare('select count(*) from activity_log').pluck().get(), 201)
    assert.is(log.raw.prepare('select anchor_seq from log_meta').pluck().get(), 0, 'theirs was rolled back')
    say(log.recorder, 'too late')
    assert.equal(log.recorder.counts().dropped, { closed: 1 })
    assertBalanced(log.recorder)
  },
)

recorder('writes nothing twice when the last moment comes between a commit and its answer', async () => {
  const log = await openLog({
    store: async (rows) => {
      await log.repository.record(rows)
      say(log.recorder, 'behind it')
      assert.is(log.recorder.flushSync(), 0)
    },
  })
  say(log.recorder, 'first')
  await log.recorder.flush()
  await nextLoop()
  assert.equal(log.raw.prepare('select message from activity_log order by seq').pluck().all(), [
    'first',
    'behind it',
  ])
  assert.equal(log.recorder.counts(), { accepted: 2, stored: 2, queued: 0, dropped: {} })
  assert.equal(log.published, [], 'the next start tells it from the file')
})

recorder('says how many it could not write at the last moment', async () => {
  const log = await openLog()
  log.raw.pragma('query_only = ON')
  say(log.recorder, 'x')
  say(log.recorder, 'y')
  assert.is(log.recorder.flushSync(), 2)
  assertBalanced(log.recorder)
})

recorder('goes on after the newest seq, and after the anchor once everything was removed', async () => {
  const first = await openLog()
  for (let i = 0; i < 5; i += 1) say(first.recorder, 'x')
  await first.recorder.flush()
  assert.is(await first.repository.clear(), 5)
  first.raw.close()

  const second = await openLog({ file: first.file })
  say(second.recorder, 'after')
  await second.recorder.flush()
  const { rows } = await second.repository.query({}, 10)
  assert.equal(
    rows.map(({ seq, message }) => [seq, message]),
    [[6, 'after']],
  )
})

recorder('chains every entry to the one before it, across a restart', async () => {
  const first = await openLog()
  for (let i = 0; i < 3; i += 1) say(first.recorder, `entry ${i}`)
  await first.recorder.flush()
  first.raw.close()
  const second = await openLog({ file: first.file })
  say(second.recorder, 'entry 3')
  await second.recorder.flush()

  const rows = (await second.repository.query({}, 10)).rows.toReversed()
  const published = [...first.published, ...second.published]
  let previous: Uint8Array = second.raw.prepare('select anchor_hash from log_meta').pluck().get() as Buffer
  for (const [index, row] of rows.entries()) {
    const expected = chainHash(previous, row.seq, published[index]?.json ?? '')
    assert.equal(row.hash, expected)
    previous = row.hash
  }
  assert.is(rows.length, 4)
})

recorder('keeps a publisher that throws away from the writing', async () => {
  const log = await openLog({
    publish: () => {
      throw new Error('a broken watcher')
    },
  })
  say(log.recorder, 'one')
  await log.recorder.flush()
  say(log.recorder, 'two')
  await log.recorder.flush()
  assert.is((await log.repository.query({}, 10)).rows.length, 2)
})

recorder('spills at the last moment what cannot be committed, and counts it as waiting', async () => {
  const spilled: string[] = []
  const log = await openLog({
    storeSync: () => {
      throw new Error('disk full')
    },
    spill: (rows) => spilled.push(...rows.map(({ message }) => message)),
  })
  say(log.recorder, 'one')
  say(log.recorder, 'two')
  assert.is(log.recorder.flushSync(), 0, 'nothing is lost')
  assert.equal(spilled, ['one', 'two'])
  assert.is(log.recorder.counts().queued, 2)
  assertBalanced(log.recorder)
})

recorder('says how many are lost when there is nowhere to spill to either', async () => {
  const log = await openLog({
    storeSync: () => {
      throw new Error('disk full')
    },
  })
  for (let i = 0; i < 3; i += 1) say(log.recorder, 'x')
  assert.is(log.recorder.flushSync(), 3)
  assert.equal(log.recorder.counts().dropped, { exit: 3 })
  assertBalanced(log.recorder)
})

recorder.run()
