import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createSharedRecords, Intake } from '../../src/activity/intake.ts'
import type { RecorderOptions } from '../../src/activity/recorder.ts'
import { TextRingWriter } from '../../src/lib/text-ring.ts'
import type { WorkerDraft } from '../../src/protocol/activity-draft.ts'
import { MAX_UNSETTLED_RECORDS } from '../../src/protocol/shared-records.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'
import { openLog } from '../support/activity.ts'
import { Puppet, type PuppetOptions } from '../support/puppet.ts'

const intake = suite('worker intake')

type OpenedLog = Awaited<ReturnType<typeof openLog>>

async function setup(
  count: number,
  options: PuppetOptions = {},
  recorderOptions: Partial<RecorderOptions> = {},
) {
  const log = await openLog(recorderOptions)
  const puppets = Array.from(
    { length: count },
    () => new Puppet({ recorder: log.recorder, options: () => options }),
  )
  await Promise.all(puppets.map(({ supervisor }) => supervisor.start()))
  return { log, puppets }
}

/** One worker, and a log that stores nothing until `open`: nothing is settled before. */
async function setupGated() {
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { log, puppets } = await setup(
    1,
    {},
    {
      store: async (rows) => {
        await gate
        await log.repository.record(rows)
        return undefined
      },
    },
  )
  return { log, puppets, open }
}

async function allRows({ recorder, repository }: OpenedLog): Promise<readonly ActivityRow[]> {
  await recorder.flush()
  const rows: ActivityRow[] = []
  for await (const row of repository.iterate({}, recorder.head.seq)) rows.push(row)
  return rows
}

/** Every row was published, in this order, and `seq` has no hole. */
function assertPublishedInOrder(log: OpenedLog, rows: readonly ActivityRow[]): void {
  assert.equal(
    log.published.map(({ seq, row }) => [seq, row.message]),
    rows.map(({ seq, message }) => [seq, message]),
  )
  assert.ok(rows.every(({ seq }, index) => seq === index + 1))
}

/** The numbers recorded under a tag, in the order of the log. */
function numbersOf(rows: readonly ActivityRow[], tag: string): readonly number[] {
  return rows
    .filter(({ action, message }) => action === 'device_discovered' && message.startsWith(`${tag} `))
    .map(({ message }) => Number(message.slice(tag.length + 1)))
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function assertBalanced({ recorder }: OpenedLog): void {
  const { accepted, stored, queued, dropped } = recorder.counts()
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  assert.is(accepted, stored + queued + lost, JSON.stringify(recorder.counts()))
}

intake('stores what four workers record at once, each once, in the order published', async () => {
  const { log, puppets } = await setup(4)
  // A whole window each: together more than the recorder takes from its own thread.
  const count = MAX_UNSETTLED_RECORDS
  for (const [index, { supervisor }] of puppets.entries())
    supervisor.send({ kind: 'record', tag: `worker${index}`, count })
  await Promise.all(puppets.map((puppet, index) => puppet.recorded(`worker${index}`)))
  await Promise.all(puppets.map(({ supervisor }) => supervisor.stop()))

  const rows = await allRows(log)
  assert.is(rows.length, 4 * count)
  for (const index of puppets.keys()) assert.equal(numbersOf(rows, `worker${index}`), upTo(count))
  assertPublishedInOrder(log, rows)
  assert.equal(log.recorder.counts(), { accepted: rows.length, stored: rows.length, queued: 0, dropped: {} })
})

for (const how of ['throw', 'exit'] as const) {
  intake(`loses nothing that workers posted before they crash by ${how}`, async () => {
    const { log, puppets } = await setup(4)
    for (const [index, { supervisor }] of puppets.entries())
      supervisor.send({ kind: 'end', how, tag: `crash${index}`, count: 2_000 })
    await Promise.all(puppets.map((puppet) => puppet.until(() => puppet.readyCount === 2, 'the restart')))
    for (const { supervisor } of puppets) supervisor.send({ kind: 'record', tag: 'again', count: 10 })
    await Promise.all(puppets.map((puppet) => puppet.recorded('again')))
    await Promise.all(puppets.map(({ supervisor }) => supervisor.stop()))

    const rows = await allRows(log)
    for (const index of puppets.keys()) assert.equal(numbersOf(rows, `crash${index}`), upTo(2_000))
    assert.is(numbersOf(rows, 'again').length, 40)
    assert.is(rows.filter(({ action }) => action === 'worker_crashed').length, 4)
    assert.is(rows.filter(({ action }) => action === 'worker_restarted').length, 4)
    assert.is(rows.length, 8_000 + 40 + 8)
    assertPublishedInOrder(log, rows)
    assertBalanced(log)
  })
}

intake('loses nothing that workers record while they stop', async () => {
  const { log, puppets } = await setup(4, { recordsAtStop: 1_000 })
  for (const { supervisor } of puppets) supervisor.send({ kind: 'record', tag: 'running', count: 1_000 })
  // No wait: the stop comes while records are on their way.
  await Promise.all(puppets.map(({ supervisor }) => supervisor.stop()))

  const rows = await allRows(log)
  assert.is(numbersOf(rows, 'running').length, 4_000)
  assert.is(numbersOf(rows, 'stopping').length, 4_000)
  assert.is(rows.length, 8_000)
  assertPublishedInOrder(log, rows)
  assert.equal(
    puppets.flatMap(({ logs }) => logs),
    [],
  )
})

intake('bounds what a worker has under way, counts what it drops, and tells it in the log', async () => {
  const { log, puppets, open } = await setupGated()
  const [puppet] = puppets as [Puppet]
  puppet.supervisor.send({ kind: 'record', tag: 'burst', count: MAX_UNSETTLED_RECORDS + 500 })
  await puppet.recorded('burst')
  assert.is(log.recorder.counts().queued, MAX_UNSETTLED_RECORDS)
  puppet.supervisor.send({ kind: 'record', tag: 'blocked', count: 7 })
  await puppet.recorded('blocked')
  assert.is(log.recorder.counts().queued, MAX_UNSETTLED_RECORDS, 'nothing is settled before it is committed')

  open()
  await log.recorder.flush()
  await puppet.supervisor.stop()
  const rows = await allRows(log)
  assert.equal(numbersOf(rows, 'burst'), upTo(MAX_UNSETTLED_RECORDS))
  assert.equal(numbersOf(rows, 'blocked'), [])
  const told = rows.filter(({ action }) => action === 'activity_records_lost')
  assert.equal(
    told.map(({ actor, metadata }) => [actor, JSON.parse(metadata)]),
    [['system', { count: 507, categories: { device: 507 }, reasons: { worker_window: 507 } }]],
  )
  assert.is(log.recorder.counts().dropped.worker_window, 507)
  assertBalanced(log)
})

for (const how of ['throw', 'exit'] as const) {
  intake(`counts also what a worker dropped in the moment it ends by ${how}`, async () => {
    const { log, puppets, open } = await setupGated()
    const [puppet] = puppets as [Puppet]
    puppet.supervisor.send({ kind: 'end', how, tag: 'burst', count: MAX_UNSETTLED_RECORDS + 300 })
    await puppet.until(() => puppet.readyCount === 2, 'the restart')
    open()
    await puppet.supervisor.stop()
    const rows = await allRows(log)
    assert.equal(numbersOf(rows, 'burst'), upTo(MAX_UNSETTLED_RECORDS))
    assert.equal(log.recorder.counts().dropped, { worker_window: 300 })
    assertBalanced(log)
  })
}

intake('lets a worker go on for ever, as long as its records are settled', async () => {
  const { log, puppets } = await setup(1)
  const [puppet] = puppets as [Puppet]
  const rounds = 6
  for (let round = 0; round < rounds; round += 1) {
    puppet.supervisor.send({ kind: 'record', tag: `round${round}`, count: 1_500 })
    await puppet.recorded(`round${round}`)
    await log.recorder.flush()
  }
  await puppet.supervisor.stop()
  assert.is((await allRows(log)).length, rounds * 1_500, 'more than two windows, none dropped')
})

intake('keeps what can be read of a malformed record, marks it and goes on', async () => {
  const log = await openLog()
  const records = createSharedRecords()
  const taker = new Intake(records, log.recorder)
  const huge = 'x'.repeat(200_000)
  const texts: readonly string[] = [
    'no JSON',
    'null',
    '42',
    '[]',
    '{"message":"only a message"}',
    ...[
      { ...draftOf('wrong types'), tsMs: 'yesterday', category: 7, severity: 'fatal', entityId: {} },
      { ...draftOf('huge'), message: huge, entityName: huge, metadata: JSON.stringify({ huge }) },
      { ...draftOf('not JSON'), metadata: '{' },
      { ...draftOf('no object'), metadata: '[1]' },
      { ...draftOf('no such action'), action: 'world_domination' },
      { ...draftOf('forged'), actor: 'admin', seq: 1, hash: 'x' },
    ].map((draft) => JSON.stringify(draft)),
  ]
  const writer = new TextRingWriter(records.texts)
  for (const text of texts) assert.ok(writer.write(text))
  taker.takeAll()

  const rows = await allRows(log)
  assert.is(rows.length, texts.length)
  assert.equal(
    rows.filter(({ actor }) => actor !== 'system'),
    [],
    'a worker cannot name an actor',
  )
  const marked = rows.filter(({ metadata }) => '_malformed' in JSON.parse(metadata))
  assert.equal(
    marked.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  )
  assert.is(rows[4]?.message, 'only a message')
  assert.equal(JSON.parse(rows[5]?.metadata ?? '')._malformed, ['tsMs', 'category', 'severity', 'entityId'])
  assert.is(rows[5]?.message, 'wrong types')
  assert.is(rows[6]?.message.length, 1_000)
  assert.is(rows[6]?.entity_name?.length, 200)
  assert.is(rows[9]?.action, 'world_domination')
  assertPublishedInOrder(log, rows)
})

intake('holds a worker to its bound that does not do so itself', async () => {
  const log = await openLog()
  const records = createSharedRecords()
  const taker = new Intake(records, log.recorder)
  const writer = new TextRingWriter(records.texts)
  const beyond = 10
  for (let n = 0; n < MAX_UNSETTLED_RECORDS + beyond; n += 1)
    assert.ok(writer.write(JSON.stringify(draftOf('flood'))))
  taker.takeAll()
  assert.equal(log.recorder.counts().dropped, { worker_window: beyond })
  await log.recorder.flush()
  writer.write(JSON.stringify(draftOf('later')))
  taker.takeAll()
  const rows = await allRows(log)
  assert.is(rows.filter(({ message }) => message === 'later').length, 1, 'it is heard again afterwards')
  assertBalanced(log)
})

for (const how of ['throw', 'exit', 'hang'] as const) {
  intake(`keeps what was recorded before the worker was ready and ended by ${how}`, async () => {
    const log = await openLog()
    const puppet = new Puppet({
      recorder: log.recorder,
      options: () => ({ recordsAtStart: 100, onStart: how }),
      readyTimeoutMs: 1_000,
    })
    const failure = await puppet.supervisor.start().catch((cause: unknown) => cause)
    assert.instance(failure, Error)
    assert.equal(numbersOf(await allRows(log), 'starting'), upTo(100))
  })
}

intake('settles also what is suppressed while the log is disabled', async () => {
  const { log, puppets } = await setup(1, {}, { enabled: false })
  const [puppet] = puppets as [Puppet]
  for (const tag of ['one', 'two', 'three']) {
    puppet.supervisor.send({ kind: 'record', tag, count: 2_000 })
    await puppet.recorded(tag)
  }
  await puppet.supervisor.stop()
  assert.equal(await allRows(log), [])
  assert.equal(log.recorder.setEnabled(true), { device: 6_000 })
})

function draftOf(message: string): WorkerDraft {
  return {
    tsMs: 1_700_000_000_000,
    category: 'device',
    action: 'device_discovered',
    severity: 'info',
    message,
    entityType: null,
    entityId: null,
    entityName: null,
    metadata: '{}',
  }
}

intake.run()
