import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runAs } from '../../../src/activity/actor.ts'
import { CalibrationService } from '../../../src/lighting/calibration-service.ts'
import type { ActivityDetails } from '../../../src/protocol/activity.ts'
import { CalibrationRequest } from '../../../src/protocol/api-calibration.ts'
import type { Device } from '../../../src/protocol/api-devices.ts'
import { Layout, Processing, type Target } from '../../../src/protocol/api-targets.ts'
import { waitFor } from '../../support/wait-for.ts'

const calibration = suite('calibration service')

const DEVICE: Device = {
  id: 'dev_1',
  name: 'Strip',
  type: 'ddp',
  address: '127.0.0.1',
  port: 4_048,
  realtime_port: null,
  led_count: 2,
  settings: { color_order: 'rgb' },
  mac: null,
  created_at: '',
}
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
const WHITE = CalibrationRequest.parse({ show: 'all' })

function setup(state: 'running' | 'stopped', maxMs: number) {
  const entries: (readonly [string, ActivityDetails])[] = []
  const calls: string[] = []
  const service = new CalibrationService({
    targets: { get: async () => TARGET, list: async () => [TARGET] },
    devices: { get: async () => DEVICE },
    running: {
      refresh: async (id) => {
        calls.push(`refresh ${id} ${service.colorsOf({ ...TARGET, id }, DEVICE)?.join() ?? 'picture'}`)
      },
      stateOf: () => state,
    },
    captures: {
      run: async (source, plan) => {
        calls.push(`run ${source.id} ${plan.calibration?.join()}`)
      },
      stopTarget: async (sourceId, id) => {
        calls.push(`stop ${sourceId} ${id}`)
      },
    },
    recorder: { record: (_category, action, details) => entries.push([action, details]) },
    maxMs,
  })
  return { service, entries, calls }
}

const reasonsOf = (entries: readonly (readonly [string, ActivityDetails])[]): readonly unknown[] =>
  entries.map(([action, { metadata }]) => [action, metadata?.reason])

calibration('ends by itself, and the picture comes back', async () => {
  const { service, entries, calls } = setup('running', 30)
  await service.show('tgt_1', WHITE)
  await waitFor(() => entries.length === 2, 'the end')
  assert.equal(reasonsOf(entries), [
    ['calibration_started', undefined],
    ['calibration_ended', 'time is up'],
  ])
  assert.equal(calls, ['refresh tgt_1 255,255,255,255,255,255', 'refresh tgt_1 picture'])
})

calibration('goes on for as long as it is asked for, and is told once', async () => {
  const { service, entries } = setup('running', 150)
  for (let i = 0; i < 5; i += 1) {
    await service.show('tgt_1', WHITE)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  assert.equal(reasonsOf(entries), [['calibration_started', undefined]])
  await service.stop()
  assert.equal(reasonsOf(entries).at(-1), ['calibration_ended', 'the server stops'])
})

calibration('is told again when somebody else asks for it', async () => {
  const { service, entries } = setup('running', 60_000)
  for (const actor of ['carol', 'carol', 'bob', 'carol']) {
    await runAs(actor, () => service.show('tgt_1', WHITE))
  }
  assert.equal(
    entries.map(([action]) => action),
    ['calibration_started', 'calibration_started', 'calibration_started'],
  )
  await service.stop()
})

calibration('follows the settings of its target, and ends where its LEDs are no more', async () => {
  const { service, entries } = setup('running', 60_000)
  await service.show('tgt_1', CalibrationRequest.parse({ show: 'leds', leds: [1] }))
  const darker = { ...TARGET, processing: { ...TARGET.processing, brightness: 0.2 } }
  assert.equal([...(service.colorsOf(darker, DEVICE) ?? [])], [0, 0, 0, 51, 51, 51])
  assert.is(service.colorsOf(TARGET, { ...DEVICE, led_count: 1 }), null)
  await waitFor(() => entries.length === 2, 'the end')
  assert.is(entries[1]?.[1].metadata?.reason, 'the light was switched or changed')
})

calibration('of a light that was off follows its device', async () => {
  const { service, calls } = setup('stopped', 60_000)
  await service.show('tgt_1', WHITE)
  await service.deviceChanged('dev_1')
  await service.deviceChanged('dev_2')
  await service.stop()
  assert.equal(
    calls.map((what) => what.split(' ')[0]),
    ['run', 'run', 'stop'],
  )
})

calibration('stops a light that was off before', async () => {
  const { service, calls } = setup('stopped', 60_000)
  await service.show('tgt_1', WHITE)
  assert.is(service.colorsOf(TARGET, DEVICE), null, 'what runs is not concerned')
  await service.end('tgt_1')
  await service.end('tgt_1')
  assert.equal(calls, ['run calibration 255,255,255,255,255,255', 'stop calibration tgt_1'])
})

calibration.run()
