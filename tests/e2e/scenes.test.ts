// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Scene, SceneApplied } from '../../src/protocol/api-scenes.ts'
import { Processing, type Target } from '../../src/protocol/api-targets.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { startDdpReceiver } from '../support/ddp-receiver.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { runBuilt } from '../support/server-process.ts'
import { watch } from '../support/watcher.ts'

const scenes = suite('scenes')

async function post<T>(url: string, path: string, body?: object): Promise<T> {
  return (await callOk(url, 'POST', `/api/v1${path}`, body)) as unknown as T
}

async function get<T>(url: string, path: string): Promise<T> {
  return (await callOk(url, 'GET', `/api/v1${path}`)) as unknown as T
}

/** Two strips on real sockets, and two sources in plain colours. */
async function setup(url: string) {
  const strips = [await startDdpReceiver(20), await startDdpReceiver(20)] as const
  const devices = await Promise.all(
    strips.map(({ port }, i) => addDevice(url, { name: `Strip ${i + 1}`, port })),
  )
  const [red, blue] = await Promise.all([
    addSource(url, { name: 'Red', type: 'color', color: '#ff0000', fps: undefined }),
    addSource(url, { name: 'Blue', type: 'color', color: '#0000ff', fps: undefined }),
  ])
  const [first, second] = await Promise.all(
    devices.map((device, i) => addTarget(url, device, red, { name: `Light ${i + 1}` })),
  )
  assert.ok(first && second && red && blue)
  return { strips, red, blue, first, second }
}

scenes('switch lights, sources and settings at once, and say who did it', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, red, blue, first, second } = await setup(url)
    await post(url, `/targets/${first.id}/start`)
    const scene = await post<Scene>(url, '/scenes', {
      name: 'Cinema',
      targets: [
        { target_id: first.id, is_on: true, source_id: blue.id, processing: { brightness: 0.5 } },
        { target_id: second.id, is_on: true },
      ],
    })
    assert.match(scene.id, /^scn_[0-9a-f]{12}$/)
    assert.equal(scene.targets[1], { target_id: second.id, is_on: true, source_id: null, processing: {} })

    const watcher = await watch(url)
    const { targets } = await post<SceneApplied>(url, `/scenes/${scene.id}/apply`)
    assert.equal(
      targets.map(({ name, outcome, error }) => [name, outcome, error]),
      [
        ['Light 1', 'changed', null],
        ['Light 2', 'started', null],
      ],
    )
    await strips[0].until(
      () => strips[0].frames.length > 0 && strips[0].colors().every((led) => led.join() === '0,0,128'),
      'half blue',
    )
    await strips[1].until(
      () => strips[1].frames.length > 0 && strips[1].colors().every((led) => led.join() === '255,0,0'),
      'red',
    )
    const stored = await get<Target>(url, `/targets/${first.id}`)
    assert.equal([stored.source_id, stored.processing], [blue.id, Processing.parse({ brightness: 0.5 })])
    await watcher.close()

    const [entry] = await waitForEntries(url, 'scene_applied', 1)
    assert.is(entry?.message, 'The scene "Cinema" was switched on: 1 started, 1 changed.')
    assert.equal([entry?.entity_type, entry?.entity_id, entry?.severity], ['scene', scene.id, 'info'])
    const [told] = (entry?.metadata.targets ?? []) as { changes: object }[]
    assert.equal(told?.changes, {
      source_id: { from: red.id, to: blue.id },
      processing: { from: { brightness: 1 }, to: { brightness: 0.5 } },
    })
    assert.not.ok(
      (await readLog(url)).entries.some(({ action }) => action === 'entity_updated'),
      'one entry tells it all',
    )

    const again = await post<SceneApplied>(url, `/scenes/${scene.id}/apply`)
    assert.equal(
      again.targets.map(({ outcome }) => outcome),
      ['unchanged', 'unchanged'],
    )
    for (const strip of strips) strip.close()
  })
})

scenes('keep what all lights do now, and bring it back', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, blue, first, second } = await setup(url)
    await callOk(url, 'PUT', `/api/v1/targets/${first.id}`, { processing: { gamma: 2, smoothing_ms: 100 } })
    await post(url, `/targets/${first.id}/start`)
    const evening = await post<Scene>(url, '/scenes', { name: 'Evening' })
    assert.equal(
      evening.targets.map(({ target_id, is_on }) => [target_id, is_on]),
      [
        [first.id, true],
        [second.id, false],
      ],
    )
    await post(url, `/targets/${first.id}/stop`)
    await post(url, `/targets/${second.id}/start`)
    await callOk(url, 'PUT', `/api/v1/targets/${first.id}`, { source_id: blue.id, processing: { gamma: 1 } })
    const { targets } = await post<SceneApplied>(url, `/scenes/${evening.id}/apply`)
    assert.equal(
      targets.map(({ outcome }) => outcome),
      ['started', 'stopped'],
    )
    const after = await get<Target>(url, `/targets/${first.id}`)
    assert.equal([after.state, after.source_id, after.processing.gamma], ['running', first.source_id, 2])
    assert.is((await get<Target>(url, `/targets/${second.id}`)).state, 'stopped')
    for (const strip of strips) strip.close()
  })
})

scenes('refuse what cannot be, by name, and change nothing', async () => {
  await withInProcess(async ({ url }) => {
    const empty = await call(url, 'POST', '/api/v1/scenes', { name: 'Nothing' })
    assert.equal([empty.status, empty.body.field], [400, 'targets'])
    const { strips, first, second } = await setup(url)
    const cases: readonly (readonly [object[], string])[] = [
      [[], 'targets'],
      [[{ target_id: 'tgt_x', is_on: true }], 'targets.0.target_id'],
      [
        [
          { target_id: first.id, is_on: true },
          { target_id: second.id, is_on: true, source_id: 'src_x' },
        ],
        'targets.1.source_id',
      ],
      [
        [{ target_id: first.id, is_on: true, processing: { brightness: 2 } }],
        'targets.0.processing.brightness',
      ],
      [
        [
          { target_id: first.id, is_on: true },
          { target_id: first.id, is_on: false },
        ],
        'targets',
      ],
      [[{ target_id: first.id }], 'targets.0.is_on'],
    ]
    for (const [targets, field] of cases) {
      const { status, body } = await call(url, 'POST', '/api/v1/scenes', { name: 'Wrong', targets })
      assert.equal([status, body.code, body.field], [400, 'LG_REQUEST_INVALID', field])
    }
    assert.equal(await get(url, '/scenes'), [])
    for (const strip of strips) strip.close()
  })
})

scenes('lose a target that is deleted, and hold a source they need', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, blue, first, second } = await setup(url)
    const both = await post<Scene>(url, '/scenes', {
      name: 'Both',
      targets: [
        { target_id: first.id, is_on: true, source_id: blue.id },
        { target_id: second.id, is_on: true },
      ],
    })
    const one = await post<Scene>(url, '/scenes', {
      name: 'One',
      targets: [{ target_id: second.id, is_on: true }],
    })
    const refused = await call(url, 'DELETE', `/api/v1/sources/${blue.id}`)
    assert.equal([refused.status, refused.body.code], [409, 'LG_ENTITY_IN_USE'])
    assert.match(String(refused.body.message), 'the scene "Both" uses this source')

    await callOk(url, 'DELETE', `/api/v1/targets/${second.id}`)
    const left = await get<readonly Scene[]>(url, '/scenes')
    assert.equal(
      left.map(({ name, targets }) => [name, targets.length]),
      [['Both', 1]],
    )
    await waitForEntries(url, 'entity_deleted', 2)
    const { entries } = await readLog(url, 'entity_type=scene&actions=entity_deleted,entity_updated')
    assert.equal(entries.map(({ action, message }) => [action, message]).reverse(), [
      ['entity_updated', 'The scene "Both" was changed: the light "Light 2" is no longer there.'],
      ['entity_deleted', 'The scene "One" was removed with "Light 2", its only light.'],
    ])
    assert.is((await call(url, 'POST', `/api/v1/scenes/${one.id}/apply`)).status, 404)
    await callOk(url, 'DELETE', `/api/v1/scenes/${both.id}`)
    await callOk(url, 'DELETE', `/api/v1/sources/${blue.id}`)
    for (const strip of strips) strip.close()
  })
})

scenes('are applied while one of their targets is deleted', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, first, second } = await setup(url)
    for (const { id } of [first, second]) await post(url, `/targets/${id}/start`)
    const scene = await post<Scene>(url, '/scenes', {
      name: 'Both',
      targets: [first, second].map(({ id }) => ({ target_id: id, is_on: false })),
    })
    const deleted = call(url, 'DELETE', `/api/v1/targets/${second.id}`)
    const applied = call(url, 'POST', `/api/v1/scenes/${scene.id}/apply`)
    assert.is((await deleted).status, 204)
    // Whichever came first.
    assert.ok([200, 400].includes((await applied).status))
    assert.is((await get<Scene>(url, `/scenes/${scene.id}`)).targets.length, 1)
    await post(url, `/scenes/${scene.id}/apply`)
    assert.is((await get<Target>(url, `/targets/${first.id}`)).state, 'stopped')
    for (const strip of strips) strip.close()
  })
})

scenes('let one light of a device make way for another, and nothing else does', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, blue, first, second } = await setup(url)
    const device = await get<Device>(url, `/devices/${first.device_id}`)
    const other = await addTarget(url, device, blue, { name: 'Other' })
    await post(url, `/targets/${other.id}/start`)
    const refused = await call(url, 'POST', `/api/v1/targets/${first.id}/start`)
    assert.is(refused.status, 409)
    assert.is(refused.body.message, '"Other" lights "Strip 1"; stop it first')
    await post(url, `/targets/${second.id}/start`)
    const led = await call(url, 'PUT', `/api/v1/targets/${second.id}`, { device_id: first.device_id })
    assert.equal([led.status, led.body.message], [409, refused.body.message])
    assert.is((await get<Target>(url, `/targets/${second.id}`)).device_id, second.device_id)
    const scene = await post<Scene>(url, '/scenes', {
      name: 'Film',
      targets: [
        { target_id: first.id, is_on: true },
        { target_id: other.id, is_on: false },
      ],
    })
    const { targets } = await post<SceneApplied>(url, `/scenes/${scene.id}/apply`)
    assert.equal(
      targets.map(({ name, outcome }) => [name, outcome]),
      [
        ['Light 1', 'started'],
        ['Other', 'stopped'],
      ],
    )
    for (const strip of strips) strip.close()
  })
})

scenes('end what is being tried on their lights, and it is told', async () => {
  await withInProcess(async ({ url }) => {
    const { strips, first } = await setup(url)
    const [strip] = strips
    await post(url, `/targets/${first.id}/start`)
    await strip.until(() => strip.colors()[0]?.[0] === 255, 'full red')
    const scene = await post<Scene>(url, '/scenes', {
      name: 'As it is',
      targets: [{ target_id: first.id, is_on: true }],
    })
    await post(url, `/targets/${first.id}/try`, { processing: { brightness: 0.1 } })
    await strip.until(() => (strip.colors()[0]?.[0] ?? 255) < 40, 'what is tried')
    await post(url, `/scenes/${scene.id}/apply`)
    await strip.until(() => strip.colors()[0]?.[0] === 255, 'full red again')
    const [entry] = await waitForEntries(url, 'target_tried', 1)
    assert.equal(entry?.metadata.tried, ['brightness'])
    for (const one of strips) one.close()
  })
})

scenes('are kept, renamed and removed from a terminal', async () => {
  await withInProcess(async ({ url }) => {
    const { strips } = await setup(url)
    const run = (...args: readonly string[]) => runBuilt(['scenes', ...args, '--url', url])
    assert.match((await run('list')).stderr, 'there are no scenes')
    assert.is((await run('save', 'Night')).stdout, '"Night" keeps 2 lights as they are now.\n')
    assert.match((await run('list')).stdout, /NAME +ON +OFF +ID\nNight +0 +2 +scn_/)
    assert.match(
      (await run('apply', 'Night')).stdout,
      '"Night" is on.\n  Light 1: unchanged\n  Light 2: unchanged\n',
    )
    assert.is((await run('apply', 'Day')).code, 1)
    const removed = await run('remove', 'Night', '--json')
    assert.is(JSON.parse(removed.stdout).name, 'Night')
    for (const strip of strips) strip.close()
  })
})

scenes.run()
