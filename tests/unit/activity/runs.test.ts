import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RunRegister } from '../../../src/activity/runs.ts'
import { openLog } from '../../support/activity.ts'

const runs = suite('register of runs')

type OpenedLog = Awaited<ReturnType<typeof openLog>>

/** The entry about a crashed run, as the server records it. */
async function tell({ recorder }: OpenedLog, id: number): Promise<void> {
  recorder.record('system', 'unclean_shutdown_detected', {
    message: 'The previous run ended without being stopped.',
    entity: { type: 'run', id: String(id), name: 'then' },
  })
  await recorder.flush()
}

function startedIn(found: readonly { readonly startedMs: number }[]): readonly number[] {
  return found.map(({ startedMs }) => startedMs)
}

runs('finds nothing in a new database', async () => {
  const { db } = await openLog()
  assert.equal(await new RunRegister({ db }).findCrashed(), [])
})

runs('says nothing of a run that was stopped', async () => {
  const { db } = await openLog()
  const first = new RunRegister({ db })
  await first.begin(1_000, '0.1.0')
  await first.end(2_000)
  assert.equal(await new RunRegister({ db }).findCrashed(), [])
})

runs('finds a run that was left open, until it is noted', async () => {
  const log = await openLog()
  await new RunRegister(log).begin(1_000, '0.1.0')

  const next = new RunRegister(log)
  const crashed = await next.findCrashed()
  assert.equal(crashed, [{ id: 1, startedMs: 1_000, version: '0.1.0' }])
  await next.begin(2_000, '0.1.1')
  await next.markCrashesNoted()
  await next.end(3_000)
  assert.equal(await new RunRegister(log).findCrashed(), [])
})

runs('counts a crash as told when its entry is there but the next crash came before the mark', async () => {
  const log = await openLog()
  await new RunRegister(log).begin(1_000, '0.1.0')
  await tell(log, 1)
  await new RunRegister(log).begin(2_000, '0.1.0')
  assert.equal(startedIn(await new RunRegister(log).findCrashed()), [2_000])
})

runs('does not take the running one for a crash', async () => {
  const { db } = await openLog()
  const register = new RunRegister({ db })
  await register.begin(1_000, '0.1.0')
  await register.markCrashesNoted()
  assert.equal(startedIn(await new RunRegister({ db }).findCrashed()), [1_000], 'a later start finds it open')
})

runs('finds several, oldest first', async () => {
  const { db } = await openLog()
  for (const startedMs of [1_000, 2_000, 3_000]) await new RunRegister({ db }).begin(startedMs, '0.1.0')
  assert.equal(startedIn(await new RunRegister({ db }).findCrashed()), [1_000, 2_000, 3_000])
})

runs('ends nothing that did not begin', async () => {
  const { db } = await openLog()
  await new RunRegister({ db }).begin(1_000, '0.1.0')
  await new RunRegister({ db }).end(5_000)
  assert.is((await new RunRegister({ db }).findCrashed()).length, 1)
})

runs('keeps the last hundred', async () => {
  const { db, raw } = await openLog()
  for (let i = 1; i <= 130; i += 1) {
    const register = new RunRegister({ db })
    await register.begin(i, '0.1.0')
    await register.end(i)
  }
  const kept = raw.prepare('select min(id), max(id), count(*) from runs').raw().get()
  assert.equal(kept, [31, 130, 100])
})

runs('notes who ran: version and process', async () => {
  const { db, raw } = await openLog()
  await new RunRegister({ db }).begin(1_000, '0.1.0')
  assert.equal(raw.prepare('select * from runs').get(), {
    id: 1,
    started_ts: 1_000,
    version: '0.1.0',
    pid: process.pid,
    ended_ts: null,
    crash_noted: 0,
  })
})

runs.run()
