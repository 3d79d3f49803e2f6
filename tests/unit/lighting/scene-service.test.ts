import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { SceneService } from '../../../src/lighting/scene-service.ts'
import type { TargetSwitch } from '../../../src/lighting/target-service.ts'
import type { ActivityDetails } from '../../../src/protocol/activity.ts'
import { Processing, type Target } from '../../../src/protocol/api-targets.ts'
import { openLedgrabStore } from '../../../src/storage/ledgrab-store.ts'
import { tempDir } from '../../support/temp-dir.ts'

const scenes = suite('scene service')

function target(id: string): Target {
  return {
    id,
    name: `Light ${id}`,
    device_id: `dev_${id}`,
    source_id: 'src_1',
    layout: {
      type: 'matrix',
      columns: 1,
      rows: 1,
      first_led: 'top_left',
      runs: 'rows',
      serpentine: true,
      led_start: 0,
    },
    processing: Processing.parse({}),
    state: 'stopped',
    created_at: '',
  }
}

async function setup(
  switchTo: (id: string) => Promise<void>,
  result: TargetSwitch = { changes: {}, isSwitched: true },
) {
  const store = await openLedgrabStore(join(tempDir(), 'ledgrab.db'))
  const entries: (readonly [string, ActivityDetails])[] = []
  const service = new SceneService({
    store: store.scenes,
    targets: {
      list: async () => ['a', 'b', 'c'].map(target),
      get: async (id) => target(id),
      assertChangeable: async () => {},
      switchTo: async (id) => {
        await switchTo(id)
        return result
      },
    },
    recorder: { record: (_category, action, details) => entries.push([action, details]) },
    publish: () => {},
  })
  const scene = await service.create({
    name: 'All',
    targets: ['a', 'b', 'c'].map((target_id) => ({
      target_id,
      is_on: true,
      source_id: null,
      processing: {},
    })),
  })
  return { store, service, scene, entries }
}

scenes('switches the others though one light fails, and says which and why', async () => {
  const { store, service, scene, entries } = await setup(async (id) => {
    if (id === 'b') throw new LedGrabError('LG_TIMEOUT', 'it took too long')
  })
  const { targets } = await service.apply(scene.id)
  assert.equal(
    targets.map(({ outcome, error }) => [outcome, error]),
    [
      ['started', null],
      ['failed', { code: 'LG_TIMEOUT', message: 'it took too long' }],
      ['started', null],
    ],
  )
  const [action, { message, severity }] = entries.at(-1) ?? ['', { message: '' }]
  assert.equal([action, severity], ['scene_applied', 'warning'])
  assert.is(message, 'The scene "All" was switched on: 2 started, "Light b" failed (it took too long).')
  store.close()
})

scenes('tells what was changed of a light that then could not be started', async () => {
  const changes = { brightness: { from: 1, to: 0.5 } }
  const failure = new LedGrabError('LG_TIMEOUT', 'it took too long')
  const { store, service, scene, entries } = await setup(async () => {}, {
    changes,
    isSwitched: false,
    failure,
  })
  const { targets } = await service.apply(scene.id)
  assert.equal(
    targets.map(({ outcome }) => outcome),
    ['failed', 'failed', 'failed'],
  )
  const told = entries.at(-1)?.[1].metadata?.targets as readonly { changes: unknown; reason: unknown }[]
  assert.equal([told[0]?.changes, told[0]?.reason], [changes, 'it took too long'])
  store.close()
})

scenes('lets no light wait for another of another device', async () => {
  const begun: string[] = []
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const { store, service, scene } = await setup(async (id) => {
    begun.push(id)
    if (begun.length === 3) release()
    await released
  })
  await service.apply(scene.id)
  assert.equal(begun, ['a', 'b', 'c'])
  store.close()
})

scenes.run()
