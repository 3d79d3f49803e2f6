import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { currentActor, runAs } from '../../../src/activity/actor.ts'
import { TrialService } from '../../../src/lighting/trial-service.ts'
import type { ActivityDetails } from '../../../src/protocol/activity.ts'
import { Layout, Processing, type Target } from '../../../src/protocol/api-targets.ts'
import { waitFor } from '../../support/wait-for.ts'

const trials = suite('trial service')

const TARGET: Target = {
  id: 'tgt_1',
  name: 'Desk',
  device_id: 'dev_1',
  source_id: 'src_1',
  layout: Layout.parse({ type: 'matrix', columns: 2, rows: 1 }),
  processing: Processing.parse({}),
  state: 'running',
  created_at: '',
}

function setup(state: 'running' | 'stopped' = 'running', trialMs = 40) {
  const entries: (readonly [string, ActivityDetails])[] = []
  const actors: string[] = []
  const shown: number[] = []
  const service = new TrialService({
    targets: { get: async () => TARGET, assertChangeable: async () => {} },
    running: {
      refresh: async () => {
        shown.push(service.apply(TARGET).processing.brightness)
      },
      stateOf: () => state,
    },
    recorder: {
      record: (_category, action, details) => {
        entries.push([action, details])
        actors.push(currentActor())
      },
    },
    trialMs,
  })
  return { service, entries, actors, shown }
}

trials('show settings and take them back, and tell that they were not kept', async () => {
  const { service, entries, shown } = setup()
  await service.show('tgt_1', { processing: { brightness: 0.5 } })
  await service.show('tgt_1', { processing: { gamma: 2 } })
  assert.equal(service.apply(TARGET).processing, { ...TARGET.processing, brightness: 0.5, gamma: 2 })
  await waitFor(() => entries.length === 1, 'the end')
  assert.equal(service.apply(TARGET), TARGET)
  assert.equal(shown, [0.5, 0.5, 1])
  const [action, { message, metadata }] = entries[0] ?? ['', { message: '' }]
  assert.is(action, 'target_tried')
  assert.match(
    message,
    /^Other settings were tried on "Desk" for [\d.]+ s and not kept: brightness, gamma\.$/,
  )
  assert.equal(metadata?.tried, ['brightness', 'gamma'])
})

trials('are silent about what is stored then', async () => {
  const { service, entries } = setup('running', 20)
  await service.show('tgt_1', { layout: TARGET.layout })
  service.settle('tgt_1', { layout: TARGET.layout, name: 'Desk' })
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(entries, [])
})

trials('go on with what is not stored', async () => {
  const { service, entries } = setup('running', 60_000)
  await service.show('tgt_1', { layout: TARGET.layout, processing: { brightness: 0.5, gamma: 2 } })
  service.settle('tgt_1', { name: 'Shelf' })
  service.settle('tgt_1', { processing: { gamma: 2 } })
  assert.is(service.apply(TARGET).processing.brightness, 0.5)
  assert.is(service.apply(TARGET).processing.gamma, 1)
  service.end('tgt_1')
  assert.equal(entries[0]?.[1].metadata?.tried, ['layout', 'brightness'])
})

trials('are told of who tried, whoever ends them', async () => {
  const { service, entries, actors } = setup('running', 60_000)
  await runAs('carol', () => service.show('tgt_1', { processing: { brightness: 0.5 } }))
  await runAs('bob', () => service.show('tgt_1', { processing: { gamma: 2 } }))
  assert.is(service.apply(TARGET).processing.brightness, 1)
  runAs('alice', () => service.end('tgt_1'))
  assert.equal(actors, ['carol', 'bob'])
  assert.equal(
    entries.map(([, { metadata }]) => metadata?.tried),
    [['brightness'], ['gamma']],
  )
})

trials('show nothing on a light that is off', async () => {
  const { service, shown, entries } = setup('stopped')
  await service.show('tgt_1', { processing: { brightness: 0.5 } })
  await service.stop()
  assert.equal([shown, entries], [[], []])
})

trials('are told at the end of the server', async () => {
  const { service, entries } = setup('running', 60_000)
  await service.show('tgt_1', { processing: { brightness: 0.5 } })
  await service.stop()
  assert.is(entries.length, 1)
})

trials.run()
