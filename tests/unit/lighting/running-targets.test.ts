import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { currentActor, runAs } from '../../../src/activity/actor.ts'
import { LedGrabError } from '../../../src/errors.ts'
import { RunningTargets } from '../../../src/lighting/running-targets.ts'
import { toTarget } from '../../../src/lighting/target-row.ts'
import type { Device } from '../../../src/protocol/api-devices.ts'
import type { Source } from '../../../src/protocol/api-sources.ts'
import type { Target } from '../../../src/protocol/api-targets.ts'
import type { TargetPlan } from '../../../src/protocol/worker-messages.ts'
import { openLedgrabStore } from '../../../src/storage/ledgrab-store.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { waitFor } from '../../support/wait-for.ts'

const runningTargets = suite('running targets')

const CREATED = { created_ts: 1 }
const DEVICE = {
  id: 'dev_1',
  name: 'Strip',
  type: 'ddp',
  address: '127.0.0.1',
  port: 4048,
  realtime_port: null,
  mac: null,
  led_count: 4,
  settings: '{}',
}
const TARGET = {
  id: 'tgt_1',
  name: 'Desk',
  device_id: 'dev_1',
  source_id: 'src_1',
  layout: JSON.stringify({ segments: [{ edge: 'top', led_start: 0, led_count: 4 }] }),
  processing: '{}',
  wanted: 0,
}

/** A stored target, and captures that note what is asked of them and fail while `broken`. */
async function setup() {
  const store = await openLedgrabStore(join(tempDir(), 'ledgrab.db'))
  await store.devices.insert({ ...DEVICE, ...CREATED })
  const settings = JSON.stringify({ type: 'testcard', fps: 30 })
  for (const id of ['src_1', 'src_2']) {
    await store.sources.insert({ id, name: id, type: 'testcard', settings, ...CREATED })
  }
  await store.targets.insert({ ...TARGET, ...CREATED })

  const calls: string[] = []
  const entries: string[] = []
  const captures = {
    broken: false,
    async run(source: Source, plan: TargetPlan): Promise<void> {
      calls.push(`run ${plan.target_id} on ${source.id}`)
      this.fail()
    },
    async stopTarget(sourceId: string, targetId: string): Promise<void> {
      calls.push(`stop ${targetId} on ${sourceId}`)
    },
    async move(fromSourceId: string, source: Source, plan: TargetPlan): Promise<void> {
      calls.push(`move ${plan.target_id} from ${fromSourceId} to ${source.id}`)
      this.fail()
    },
    change(): void {},
    fail(): void {
      if (this.broken) throw new LedGrabError('LG_THREAD_NOT_READY', 'the thread did not get ready')
    },
  }
  const running = new RunningTargets({
    store: store.targets,
    devices: { get: async () => ({ ...DEVICE, settings: { color_order: 'rgb' }, created_at: '' }) as Device },
    sources: { get: async (id) => ({ id, name: id, type: 'testcard', fps: 30, created_at: '' }) },
    captures,
    calibrationOf: () => null,
    asTried: (target) => target,
    recorder: { record: (_category, action) => entries.push(`${currentActor()}: ${action}`) },
    publish: () => {},
    warn: () => {},
    retry: { firstMs: 5, capMs: 20 },
  })
  const load = async (): Promise<Target> =>
    toTarget(await store.targets.get('tgt_1'), running.stateOf('tgt_1'))
  const isWanted = async (): Promise<boolean> => (await store.targets.get('tgt_1')).wanted === 1
  return { store, running, captures, calls, entries, load, isWanted }
}

async function codeOf(failing: Promise<unknown>): Promise<string | undefined> {
  const cause = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return cause instanceof LedGrabError ? cause.code : undefined
}

runningTargets('keep what a person wants, from the start to the stop', async () => {
  const { store, running, calls, entries, load, isWanted } = await setup()
  await runAs('Ada', async () => running.launch(await load()))
  assert.equal([running.stateOf('tgt_1'), await isWanted()], ['running', true])
  await runAs('Ada', async () => running.halt(await load()))
  assert.equal([running.stateOf('tgt_1'), await isWanted()], ['stopped', false])
  assert.equal(entries, ['Ada: target_started', 'Ada: target_stopped'])
  assert.equal(calls, ['run tgt_1 on src_1', 'stop tgt_1 on src_1'])
  assert.is(await codeOf(running.halt(await load())), 'LG_ENTITY_WRONG_STATE')
  store.close()
})

runningTargets('take a start that failed for a wish that is over', async () => {
  const { store, running, captures, entries, load, isWanted } = await setup()
  captures.broken = true
  assert.is(await codeOf(running.launch(await load())), 'LG_THREAD_NOT_READY')
  assert.equal([running.stateOf('tgt_1'), await isWanted()], ['stopped', false])
  assert.equal(entries, ['system: target_failed'])
  store.close()
})

runningTargets('resume what was wanted, trying until it works, and tell of one failure', async () => {
  const { store, running, captures, calls, entries, isWanted } = await setup()
  await store.targets.update('tgt_1', { wanted: 1 })
  captures.broken = true
  await running.start()
  assert.is(running.stateOf('tgt_1'), 'starting')
  await waitFor(() => calls.length >= 4, 'more tries')
  captures.broken = false
  await waitFor(() => running.stateOf('tgt_1') === 'running', 'the target to run')
  assert.equal(entries, ['system: target_failed', 'system: target_started'])
  assert.ok(await isWanted())
  await running.stop()
  store.close()
})

runningTargets('end their tries with a stop, and with the server', async () => {
  const { store, running, captures, calls, load } = await setup()
  await store.targets.update('tgt_1', { wanted: 1 })
  captures.broken = true
  await running.start()
  await running.halt(await load())
  const count = calls.length
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.is(calls.length, count)
  await store.targets.update('tgt_1', { wanted: 1 })
  await running.start()
  await running.stop()
  const atStop = calls.length
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.is(calls.length, atStop)
  store.close()
})

runningTargets('are led from one source to another one', async () => {
  const { store, running, calls, load } = await setup()
  await running.launch(await load())
  await store.targets.update('tgt_1', { source_id: 'src_2' })
  await running.refresh('tgt_1')
  assert.equal(calls.slice(1), ['move tgt_1 from src_1 to src_2'])
  await running.halt(await load())
  assert.is(calls.at(-1), 'stop tgt_1 on src_2')
  store.close()
})

runningTargets(
  'do not stay "running" when their new source cannot be opened, and come back by themselves',
  async () => {
    const { store, running, captures, entries, load } = await setup()
    await runAs('Ada', async () => running.launch(await load()))
    captures.broken = true
    await store.targets.update('tgt_1', { source_id: 'src_2' })
    await runAs('Ada', () => running.refresh('tgt_1'))
    assert.is(running.stateOf('tgt_1'), 'starting')
    captures.broken = false
    await waitFor(() => running.stateOf('tgt_1') === 'running', 'the target to run')
    assert.equal(entries, ['Ada: target_started', 'Ada: target_failed', 'system: target_started'])
    await running.stop()
    store.close()
  },
)

runningTargets.run()
