import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runAs } from '../../src/activity/actor.ts'
import { LedGrabError } from '../../src/errors.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'
import { openLog } from '../support/activity.ts'
import { Puppet, type PuppetOptions } from '../support/puppet.ts'
import { waitFor } from '../support/wait-for.ts'

const supervisor = suite('supervisor')

type PuppetSettings = Omit<ConstructorParameters<typeof Puppet>[0], 'recorder'>

async function setup(settings: PuppetSettings = {}) {
  const log = await openLog()
  const puppet = new Puppet({ recorder: log.recorder, ...settings })
  /** All entries about the worker itself, oldest first. */
  const workerEntries = async (): Promise<readonly ActivityRow[]> => {
    await log.recorder.flush()
    return (await log.repository.query({ entityType: 'worker' }, 200)).rows.toReversed()
  }
  return { ...log, puppet, workerEntries }
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
  const { puppet, workerEntries } = await setup({ options: () => ({ mark: 7 }) })
  await puppet.supervisor.start()
  assert.equal(puppet.reports, [{ kind: 'hello', options: { mark: 7 } }])
  assert.is(puppet.readyCount, 1)
  await puppet.supervisor.stop()
  assert.equal(puppet.logs, [])
  assert.equal(await workerEntries(), [])
  assert.is(puppet.supervisor.restarts, 0)
})

for (const how of ['throw', 'exit'] as const) {
  supervisor(`records a crash by ${how} and the restart, and gives it fresh options`, async () => {
    let mark = 0
    const { puppet, workerEntries } = await setup({
      options: () => {
        mark += 1
        return { mark }
      },
    })
    await puppet.supervisor.start()
    puppet.supervisor.send({ kind: 'end', how, tag: 'last', count: 0 })
    await puppet.until(() => puppet.readyCount === 2, 'the restart')
    puppet.supervisor.send({ kind: 'record', tag: 'again', count: 1 })
    await puppet.recorded('again')

    const marks = puppet.reports.flatMap((report) => (report.kind === 'hello' ? [report.options.mark] : []))
    assert.equal(marks, [1, 2])
    const entries = await workerEntries()
    assert.equal(
      entries.map(({ action, actor, entity_id, entity_name }) => [action, actor, entity_id, entity_name]),
      [
        ['worker_crashed', 'system', 'puppet', 'puppet'],
        ['worker_restarted', 'system', 'puppet', 'puppet'],
      ],
    )
    const { reason } = JSON.parse(entries[0]?.metadata ?? '')
    assert.is(reason, how === 'throw' ? 'the puppet was told to crash' : 'it ended by itself')
    assert.is(puppet.supervisor.restarts, 1)
    await puppet.supervisor.stop()
  })
}

supervisor('ends a worker that hangs, tells so once, and restarts it', async () => {
  const downs: string[] = []
  const { puppet, workerEntries, repository } = await setup({ pulseMs: 250, onDown: (reason) => downs.push(reason) })
  await puppet.supervisor.start()
  puppet.supervisor.send({ kind: 'end', how: 'hang', tag: 'before it hung', count: 3 })
  await puppet.until(() => puppet.readyCount === 2, 'the restart')
  await waitFor(() => puppet.supervisor.restarts === 1, 'the restart is told')
  const entries = await workerEntries()
  assert.equal(
    entries.map(({ action }) => action),
    ['worker_crashed', 'worker_restarted'],
  )
  assert.match(
    entries[0]?.message ?? '',
    'stopped working: it did nothing for 0.75 seconds. It will be restarted.',
  )
  assert.equal(downs, ['it did nothing for 0.75 seconds'])
  assert.is((await repository.query({ q: 'before it hung' }, 20)).rows.length, 3)
  await puppet.supervisor.stop()
})

supervisor('lets a worker live that answers, however quiet it is', async () => {
  const { puppet, workerEntries } = await setup({ pulseMs: 250 })
  await puppet.supervisor.start()
  await sleep(1_500)
  assert.equal(await workerEntries(), [])
  assert.ok(puppet.supervisor.isReady)
  await puppet.supervisor.stop()
})

supervisor('restarts as often as it takes, also when a restart itself fails', async () => {
  let starts = 0
  const { puppet, workerEntries } = await setup({
    options: (): PuppetOptions => {
      starts += 1
      return starts === 2 || starts === 3 ? { onStart: 'throw' } : {}
    },
  })
  await puppet.supervisor.start()
  puppet.supervisor.send({ kind: 'end', how: 'throw', tag: 'last', count: 0 })
  await puppet.until(() => puppet.readyCount === 2, 'the restart')
  assert.is(starts, 4)
  assert.is(puppet.supervisor.restarts, 1)
  assert.equal(
    (await workerEntries()).map(({ action }) => action),
    ['worker_crashed', 'worker_restarted'],
    'one entry for the outage, not one for each attempt',
  )
  assert.equal(
    puppet.logs.map(({ level, fields }) => [level, fields.error]),
    Array(2).fill(['error', 'puppet ended before it was ready: the puppet cannot start']),
  )
  await puppet.supervisor.stop()
})

supervisor('says why a worker could not start, and leaves it at that', async () => {
  const { puppet, workerEntries } = await setup({ options: () => ({ onStart: 'throw' }) })
  const error = await rejection(puppet.supervisor.start())
  assert.is(error.code, 'LG_THREAD_CRASHED')
  assert.match(error.message, 'the puppet cannot start')
  await puppet.supervisor.stop()
  assert.equal(await workerEntries(), [])
  assert.equal(puppet.logs, [])
})

supervisor('gives up on a worker that never gets ready', async () => {
  const { puppet } = await setup({ options: () => ({ onStart: 'never-ready' }), readyTimeoutMs: 50 })
  const error = await rejection(puppet.supervisor.start())
  assert.is(error.code, 'LG_THREAD_NOT_READY')
  assert.is(puppet.readyCount, 0)
  await puppet.supervisor.stop()
})

supervisor('terminates a worker that hangs when it is to stop, and warns', async () => {
  const { puppet, recorder, repository } = await setup({ options: () => ({ onStop: 'hang' }) })
  await puppet.supervisor.start()
  const startedMs = performance.now()
  await puppet.supervisor.stop()
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs >= 1_900 && tookMs < 10_000, `${tookMs} ms`)
  assert.equal(
    puppet.logs.map(({ level, message }) => [level, message]),
    [['warn', 'puppet did not stop in time and was terminated; what it recorded last may be lost']],
  )
  await recorder.flush()
  assert.is((await repository.query({ q: 'hanging' }, 20)).rows.length, 10, 'what it had posted is kept')
})

supervisor('ends a thread that said all it had to say and lingers, without losing any of it', async () => {
  const { puppet, recorder, repository } = await setup({
    options: () => ({ onStop: 'linger', recordsAtStop: 150 }),
  })
  await puppet.supervisor.start()
  await puppet.supervisor.stop()
  assert.equal(
    puppet.logs.map(({ level }) => level),
    ['debug'],
  )
  await recorder.flush()
  assert.is(await repository.count({ q: 'stopping' }), 150)
})

supervisor('warns when a worker ends during the stop without having finished', async () => {
  const { puppet, workerEntries } = await setup({ options: () => ({ onStop: 'exit' }) })
  await puppet.supervisor.start()
  await puppet.supervisor.stop()
  assert.equal(
    puppet.logs.map(({ level, message }) => [level, message]),
    [['warn', 'puppet ended while it was stopping; what it recorded last may be lost']],
  )
  assert.equal(await workerEntries(), [], 'a worker that was asked to end has not crashed')
})

supervisor('stops a worker whose own stop fails', async () => {
  const { puppet } = await setup({ options: () => ({ onStop: 'throw' }) })
  await puppet.supervisor.start()
  await puppet.supervisor.stop()
  assert.equal(
    puppet.logs.map(({ level, message, fields }) => [level, message, fields.error]),
    [['warn', 'puppet did not stop cleanly', 'the puppet cannot stop']],
  )
})

supervisor('can be stopped twice, at once, before the start, and while it starts', async () => {
  const twice = await setup()
  await twice.puppet.supervisor.start()
  await Promise.all([twice.puppet.supervisor.stop(), twice.puppet.supervisor.stop()])
  await twice.puppet.supervisor.stop()
  assert.equal(twice.puppet.logs, [])

  const early = await setup()
  await early.puppet.supervisor.stop()
  assert.is((await rejection(early.puppet.supervisor.start())).code, 'LG_THREAD_STOPPED')

  const starting = await setup({ options: () => ({ onStart: 'never-ready' }) })
  const start = rejection(starting.puppet.supervisor.start())
  await starting.puppet.supervisor.stop()
  assert.is((await start).code, 'LG_THREAD_STOPPED')
})

supervisor('does not restart once it was stopped, not even between crash and restart', async () => {
  const { puppet, workerEntries } = await setup({ restart: { firstMs: 60_000, capMs: 60_000 } })
  await puppet.supervisor.start()
  puppet.supervisor.send({ kind: 'end', how: 'exit', tag: 'last', count: 0 })
  await waitFor(async () => (await workerEntries()).length === 1, 'the crash')
  puppet.supervisor.send({ kind: 'record', tag: 'nobody hears this', count: 1 })
  await puppet.supervisor.stop()
  assert.is(puppet.readyCount, 1)
})

supervisor('survives whatever a worker posts, and what its own handlers throw', async () => {
  const { puppet } = await setup({
    onReport: (report) => {
      if ((report.kind as string) === 'poison') throw new Error('a broken handler')
    },
    onReady: () => {
      throw new Error('a broken start')
    },
  })
  await puppet.supervisor.start()
  const messages = [null, undefined, 42, 'text', {}, { kind: 'poison' }, { kind: 'log' }, { kind: 'records' }]
  for (const message of messages) puppet.supervisor.send({ kind: 'post', message })
  puppet.supervisor.send({
    kind: 'post',
    message: { kind: 'log', level: 'info', message: 'a\nb', fields: {} },
  })
  puppet.supervisor.send({ kind: 'record', tag: 'after', count: 1 })
  await puppet.recorded('after')
  const errors = puppet.logs
    .filter(({ level }) => level === 'error')
    .map(({ message, fields }) => [message, fields.error])
  assert.equal(errors[0], ['what follows its start of puppet could not be handled', 'a broken start'])
  assert.ok(errors.some(([, error]) => error === 'a broken handler'))
  const line = puppet.logs.find(({ level }) => level === 'info')
  assert.equal(line, { level: 'info', message: 'a b', fields: { worker: 'puppet' } })
  await puppet.supervisor.stop()
})

supervisor('acts as the system, whoever caused the start', async () => {
  const log = await openLog()
  const puppet = new Puppet({
    recorder: log.recorder,
    onReport: ({ kind }) => log.recorder.record('system', 'server_started', { message: `heard ${kind}` }),
    onReady: () => log.recorder.record('system', 'server_started', { message: 'ready' }),
  })
  await runAs('alice', () => puppet.supervisor.start())
  runAs('bob', () => puppet.supervisor.send({ kind: 'record', tag: 'told by bob', count: 1 }))
  await puppet.recorded('told by bob')
  runAs('bob', () => puppet.supervisor.send({ kind: 'end', how: 'throw', tag: 'last', count: 1 }))
  await puppet.until(() => puppet.readyCount === 2, 'the restart')
  await runAs('carol', () => puppet.supervisor.stop())
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 50)
  assert.ok(rows.length >= 9, JSON.stringify(rows.map(({ message }) => message)))
  assert.equal(
    rows.filter(({ actor }) => actor !== 'system'),
    [],
  )
})

supervisor.run()
