import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runAs } from '../../src/activity/actor.ts'
import { LedGrabError } from '../../src/errors.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'
import { openLog } from '../support/activity.ts'
import { Probe, type ProbeOptions } from '../support/probe.ts'
import { waitFor } from '../support/wait-for.ts'

const supervisor = suite('supervisor')

type ProbeSettings = Omit<ConstructorParameters<typeof Probe>[0], 'recorder'>

async function setup(settings: ProbeSettings = {}) {
  const log = await openLog()
  const probe = new Probe({ recorder: log.recorder, ...settings })
  /** All entries about the worker itself, oldest first. */
  const workerEntries = async (): Promise<readonly ActivityRow[]> => {
    await log.recorder.flush()
    return (await log.repository.query({ entityType: 'worker' }, 200)).rows.toReversed()
  }
  return { ...log, probe, workerEntries }
}

async function rejection(work: Promise<unknown>): Promise<LedGrabError> {
  try {
    await work
  } catch (cause) {
    assert.instance(cause, LedGrabError)
    return cause as LedGrabError
  }
  throw new Error('it did not reject')
}

supervisor('starts a worker with its options and stops it without a word in the log', async () => {
  const { probe, workerEntries } = await setup({ options: () => ({ mark: 7 }) })
  await probe.supervisor.start()
  assert.equal(probe.reports, [{ kind: 'hello', options: { mark: 7 } }])
  assert.is(probe.readyCount, 1)
  await probe.supervisor.stop()
  assert.equal(probe.logs, [])
  assert.equal(await workerEntries(), [])
  assert.is(probe.supervisor.restarts, 0)
})

for (const how of ['throw', 'exit'] as const) {
  supervisor(`records a crash by ${how} and the restart, and gives it fresh options`, async () => {
    let mark = 0
    const { probe, workerEntries } = await setup({
      options: () => {
        mark += 1
        return { mark }
      },
    })
    await probe.supervisor.start()
    probe.supervisor.send({ kind: 'end', how, tag: 'last', count: 0 })
    await probe.until(() => probe.readyCount === 2, 'the restart')
    probe.supervisor.send({ kind: 'record', tag: 'again', count: 1 })
    await probe.recorded('again')

    const marks = probe.reports.flatMap((report) => (report.kind === 'hello' ? [report.options.mark] : []))
    assert.equal(marks, [1, 2])
    const entries = await workerEntries()
    assert.equal(
      entries.map(({ action, actor, entity_id, entity_name }) => [action, actor, entity_id, entity_name]),
      [
        ['worker_crashed', 'system', 'probe', 'probe'],
        ['worker_restarted', 'system', 'probe', 'probe'],
      ],
    )
    const { reason } = JSON.parse(entries[0]?.metadata ?? '')
    assert.is(reason, how === 'throw' ? 'the probe was told to crash' : 'it ended by itself')
    assert.is(probe.supervisor.restarts, 1)
    await probe.supervisor.stop()
  })
}

supervisor('restarts as often as it takes, also when a restart itself fails', async () => {
  let starts = 0
  const { probe, workerEntries } = await setup({
    options: (): ProbeOptions => {
      starts += 1
      return starts === 2 || starts === 3 ? { onStart: 'throw' } : {}
    },
  })
  await probe.supervisor.start()
  probe.supervisor.send({ kind: 'end', how: 'throw', tag: 'last', count: 0 })
  await probe.until(() => probe.readyCount === 2, 'the restart')
  assert.is(starts, 4)
  assert.is(probe.supervisor.restarts, 1)
  assert.equal(
    (await workerEntries()).map(({ action }) => action),
    ['worker_crashed', 'worker_restarted'],
    'one entry for the outage, not one for each attempt',
  )
  assert.equal(
    probe.logs.map(({ level, fields }) => [level, fields.error]),
    Array(2).fill(['error', 'probe ended before it was ready: the probe cannot start']),
  )
  await probe.supervisor.stop()
})

supervisor('says why a worker could not start, and leaves it at that', async () => {
  const { probe, workerEntries } = await setup({ options: () => ({ onStart: 'throw' }) })
  const error = await rejection(probe.supervisor.start())
  assert.is(error.code, 'LG_THREAD_CRASHED')
  assert.match(error.message, 'the probe cannot start')
  await probe.supervisor.stop()
  assert.equal(await workerEntries(), [])
  assert.equal(probe.logs, [])
})

supervisor('gives up on a worker that never gets ready', async () => {
  const { probe } = await setup({ options: () => ({ onStart: 'never-ready' }), readyTimeoutMs: 50 })
  const error = await rejection(probe.supervisor.start())
  assert.is(error.code, 'LG_THREAD_NOT_READY')
  assert.is(probe.readyCount, 0)
  await probe.supervisor.stop()
})

supervisor('terminates a worker that hangs when it is to stop, and warns', async () => {
  const { probe, recorder, repository } = await setup({ options: () => ({ onStop: 'hang' }) })
  await probe.supervisor.start()
  const startedMs = performance.now()
  await probe.supervisor.stop()
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs >= 1_900 && tookMs < 10_000, `${tookMs} ms`)
  assert.equal(
    probe.logs.map(({ level, message }) => [level, message]),
    [['warn', 'probe did not stop in time and was terminated; what it recorded last may be lost']],
  )
  await recorder.flush()
  assert.is((await repository.query({ q: 'hanging' }, 20)).rows.length, 10, 'what it had posted is kept')
})

supervisor('ends a thread that said all it had to say and lingers, without losing any of it', async () => {
  const { probe, recorder, repository } = await setup({
    options: () => ({ onStop: 'linger', recordsAtStop: 150 }),
  })
  await probe.supervisor.start()
  await probe.supervisor.stop()
  assert.equal(
    probe.logs.map(({ level }) => level),
    ['debug'],
  )
  await recorder.flush()
  assert.is(await repository.count({ q: 'stopping' }), 150)
})

supervisor('warns when a worker ends during the stop without having finished', async () => {
  const { probe, workerEntries } = await setup({ options: () => ({ onStop: 'exit' }) })
  await probe.supervisor.start()
  await probe.supervisor.stop()
  assert.equal(
    probe.logs.map(({ level, message }) => [level, message]),
    [['warn', 'probe ended while it was stopping; what it recorded last may be lost']],
  )
  assert.equal(await workerEntries(), [], 'a worker that was asked to end has not crashed')
})

supervisor('stops a worker whose own stop fails', async () => {
  const { probe } = await setup({ options: () => ({ onStop: 'throw' }) })
  await probe.supervisor.start()
  await probe.supervisor.stop()
  assert.equal(
    probe.logs.map(({ level, message, fields }) => [level, message, fields.error]),
    [['warn', 'probe did not stop cleanly', 'the probe cannot stop']],
  )
})

supervisor('can be stopped twice, at once, before the start, and while it starts', async () => {
  const twice = await setup()
  await twice.probe.supervisor.start()
  await Promise.all([twice.probe.supervisor.stop(), twice.probe.supervisor.stop()])
  await twice.probe.supervisor.stop()
  assert.equal(twice.probe.logs, [])

  const early = await setup()
  await early.probe.supervisor.stop()
  assert.is((await rejection(early.probe.supervisor.start())).code, 'LG_THREAD_STOPPED')

  const starting = await setup({ options: () => ({ onStart: 'never-ready' }) })
  const start = rejection(starting.probe.supervisor.start())
  await starting.probe.supervisor.stop()
  assert.is((await start).code, 'LG_THREAD_STOPPED')
})

supervisor('does not restart once it was stopped, not even between crash and restart', async () => {
  const { probe, workerEntries } = await setup({ restart: { firstMs: 60_000, capMs: 60_000 } })
  await probe.supervisor.start()
  probe.supervisor.send({ kind: 'end', how: 'exit', tag: 'last', count: 0 })
  await waitFor(async () => (await workerEntries()).length === 1, 'the crash')
  probe.supervisor.send({ kind: 'record', tag: 'nobody hears this', count: 1 })
  await probe.supervisor.stop()
  assert.is(probe.readyCount, 1)
})

supervisor('survives whatever a worker posts, and what its own handlers throw', async () => {
  const { probe } = await setup({
    onReport: (report) => {
      if ((report.kind as string) === 'poison') throw new Error('a broken handler')
    },
    onReady: () => {
      throw new Error('a broken start')
    },
  })
  await probe.supervisor.start()
  const messages = [
    null,
    undefined,
    42,
    'text',
    {},
    { kind: 'poison' },
    { kind: 'log' },
    { kind: 'activity-lost' },
  ]
  for (const message of messages) probe.supervisor.send({ kind: 'post', message })
  probe.supervisor.send({
    kind: 'post',
    message: { kind: 'log', level: 'info', message: 'a\nb', fields: {} },
  })
  probe.supervisor.send({ kind: 'record', tag: 'after', count: 1 })
  await probe.recorded('after')
  const errors = probe.logs
    .filter(({ level }) => level === 'error')
    .map(({ message, fields }) => [message, fields.error])
  assert.equal(errors[0], ['what follows its start of probe could not be handled', 'a broken start'])
  assert.ok(errors.some(([, error]) => error === 'a broken handler'))
  const line = probe.logs.find(({ level }) => level === 'info')
  assert.equal(line, { level: 'info', message: 'a b', fields: { worker: 'probe' } })
  await probe.supervisor.stop()
})

supervisor('acts as the system, whoever caused the start', async () => {
  const log = await openLog()
  const probe = new Probe({
    recorder: log.recorder,
    onReport: ({ kind }) => log.recorder.record('system', 'server_started', { message: `heard ${kind}` }),
    onReady: () => log.recorder.record('system', 'server_started', { message: 'ready' }),
  })
  await runAs('alice', () => probe.supervisor.start())
  runAs('bob', () => probe.supervisor.send({ kind: 'record', tag: 'told by bob', count: 1 }))
  await probe.recorded('told by bob')
  runAs('bob', () => probe.supervisor.send({ kind: 'end', how: 'throw', tag: 'last', count: 1 }))
  await probe.until(() => probe.readyCount === 2, 'the restart')
  await runAs('carol', () => probe.supervisor.stop())
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 50)
  assert.ok(rows.length >= 9, JSON.stringify(rows.map(({ message }) => message)))
  assert.equal(
    rows.filter(({ actor }) => actor !== 'system'),
    [],
  )
})

supervisor.run()
