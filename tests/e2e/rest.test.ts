// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActivityEntry } from '../../src/protocol/activity.ts'
import { Processing } from '../../src/protocol/api-targets.ts'
import { call, callOk, readLog } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'

const rest = suite('REST API')

/** The newest entry of an action. */
async function readLast(url: string, action: string): Promise<ActivityEntry> {
  const { entries } = await readLog(url, `actions=${action}`)
  if (!entries[0]) throw new Error(`no entry ${action}`)
  return entries[0] as ActivityEntry
}

/** A device as it is kept; how it fares is told beside it and changes by itself. */
function withoutHealth({ health: _health, ...kept }: Record<string, unknown>): Record<string, unknown> {
  return kept
}

async function countEntries(url: string): Promise<number> {
  return (await readLog(url)).total
}

rest('says how it is without a key', async () => {
  await withInProcess(async ({ url }) => {
    const health = await callOk(url, 'GET', '/health')
    assert.equal(Object.keys(health).sort(), [
      'auth_required',
      'status',
      'timestamp',
      'uptime_seconds',
      'version',
    ])
    assert.is(health.status, 'healthy')
    assert.is(health.auth_required, false)
    assert.match(String(health.timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.match(String(health.version), /^\d+\.\d+\.\d+/)
    assert.ok(Number.isInteger(health.uptime_seconds))
  })
})

rest('keeps devices, and an entry of each change with who, what and from where', async () => {
  await withInProcess(async ({ url }) => {
    const device = await addDevice(url, { name: '  Desk strip ' })
    assert.is(device.name, 'Desk strip')
    assert.match(device.id, /^dev_[0-9a-f]{12}$/)
    assert.is(device.port, 4_048, 'the port of DDP')
    const kept = withoutHealth({ ...device })
    assert.equal(withoutHealth(await callOk(url, 'GET', `/api/v1/devices/${device.id}`)), kept)
    const listed = (await callOk(url, 'GET', '/api/v1/devices')) as unknown as Record<string, unknown>[]
    assert.equal(listed.map(withoutHealth), [kept])

    const created = await readLast(url, 'entity_created')
    assert.is(created.actor, 'anonymous')
    assert.equal(
      [created.entity_type, created.entity_id, created.entity_name],
      ['device', device.id, 'Desk strip'],
    )
    const { request, ...fields } = created.metadata as Record<string, Record<string, unknown>>
    assert.is(fields.address, '127.0.0.1')
    assert.is(fields.led_count, 20)
    assert.equal(Object.keys(request ?? {}), ['id', 'address', 'user_agent', 'route'])
    assert.is(request?.address, '127.0.0.1')
    assert.is(request?.route, 'POST /api/v1/devices')
    assert.is(request?.user_agent, 'node')

    const changed = await callOk(url, 'PUT', `/api/v1/devices/${device.id}`, { led_count: 30, name: 'Shelf' })
    assert.equal(withoutHealth(changed), { ...kept, led_count: 30, name: 'Shelf' })
    const updated = await readLast(url, 'entity_updated')
    assert.equal(updated.metadata.changes, {
      name: { from: 'Desk strip', to: 'Shelf' },
      led_count: { from: 20, to: 30 },
    })
    assert.is(updated.entity_name, 'Shelf')

    const before = await countEntries(url)
    for (const nothingNew of [{ led_count: 30 }, {}]) {
      const same = await callOk(url, 'PUT', `/api/v1/devices/${device.id}`, nothingNew)
      assert.equal(withoutHealth(same), withoutHealth(changed))
    }
    assert.is(await countEntries(url), before, 'what changes nothing leaves no entry')

    assert.is((await call(url, 'DELETE', `/api/v1/devices/${device.id}`)).status, 204)
    assert.is((await call(url, 'GET', `/api/v1/devices/${device.id}`)).status, 404)
    const deleted = await readLast(url, 'entity_deleted')
    assert.equal([deleted.entity_id, deleted.entity_name], [device.id, 'Shelf'], 'outlives the device')
  })
})

rest('gives a device of another type the port of that type, unless one was chosen', async () => {
  await withInProcess(async ({ url }) => {
    const strip = await addDevice(url)
    const chosen = await addDevice(url, { name: 'Chosen', port: 5_000 })
    const port = async (id: string): Promise<unknown> =>
      (await callOk(url, 'PUT', `/api/v1/devices/${id}`, { type: 'virtual' })).port
    assert.is(await port(strip.id), 80)
    assert.is(await port(chosen.id), 5_000)
  })
})

rest('keeps sources; a screen has a display, a test card does not', async () => {
  await withInProcess(async ({ url }) => {
    const card = await addSource(url)
    const { created_at: createdAt, id, ...rest } = card
    const capture = { state: 'closed', since: null, reason: null }
    assert.equal(rest, { name: 'Test card', type: 'testcard', fps: 30, capture })
    assert.match(id, /^src_[0-9a-f]{12}$/)
    assert.is(new Date(createdAt).toISOString(), createdAt)
    const screen = await addSource(url, { name: 'TV', type: 'screen', display: ':9.0', fps: 60 })
    assert.is(screen.type === 'screen' && screen.display, ':9.0')
    assert.equal(await callOk(url, 'GET', '/api/v1/sources'), [card, screen])

    const updated = await callOk(url, 'PUT', `/api/v1/sources/${screen.id}`, { display: null, fps: 25 })
    assert.equal(updated, { ...screen, display: null, fps: 25 })
    assert.equal((await readLast(url, 'entity_updated')).metadata.changes, {
      fps: { from: 60, to: 25 },
      display: { from: ':9.0', to: null },
    })
    const refused = await call(url, 'PUT', `/api/v1/sources/${card.id}`, { display: ':1' })
    assert.equal([refused.status, refused.body.field], [400, 'display'])
    assert.is((await call(url, 'DELETE', `/api/v1/sources/${screen.id}`)).status, 204)
    assert.equal(await callOk(url, 'GET', '/api/v1/sources'), [card])
  })
})

rest('keeps targets, with a layout around the picture unless one is given', async () => {
  await withInProcess(async ({ url }) => {
    const device = await addDevice(url)
    const source = await addSource(url)
    const target = await addTarget(url, device, source)
    assert.match(target.id, /^tgt_[0-9a-f]{12}$/)
    assert.is(target.state, 'stopped')
    assert.equal(target.processing, Processing.parse({}))
    if (target.layout.type !== 'strip') throw new Error('a strip is the default')
    assert.is(
      target.layout.segments.reduce((sum, { led_count }) => sum + led_count, 0),
      20,
      'all LEDs of the device',
    )
    const updated = await callOk(url, 'PUT', `/api/v1/targets/${target.id}`, {
      processing: { brightness: 0.5 },
    })
    assert.equal(updated.processing, Processing.parse({ brightness: 0.5 }), 'only what is given changes')
    assert.equal((await readLast(url, 'entity_updated')).metadata.changes, {
      processing: { from: { brightness: 1 }, to: { brightness: 0.5 } },
    })
    assert.equal(await callOk(url, 'GET', '/api/v1/targets'), [updated])
    assert.is((await call(url, 'DELETE', `/api/v1/targets/${target.id}`)).status, 204)
    assert.equal(await callOk(url, 'GET', '/api/v1/targets'), [])
  })
})

rest('refuses what the state of things forbids, and records nothing as done', async () => {
  await withInProcess(async ({ url }) => {
    const device = await addDevice(url)
    const source = await addSource(url)
    const target = await addTarget(url, device, source)
    await addDevice(url, { name: 'Other', mac: '020000000001' })
    const serial = await addDevice(url, {
      name: 'Serial',
      type: 'adalight',
      address: '/dev/ttyUSB0',
      led_count: 20,
    })
    const before = await countEntries(url)
    const cases: readonly (readonly [string, string, object | undefined, number, string, string?])[] = [
      [
        'POST',
        '/devices',
        { name: 'Desk strip', type: 'ddp', address: '::1', led_count: 1 },
        409,
        'LG_ENTITY_NAME_TAKEN',
        'name',
      ],
      [
        'POST',
        '/devices',
        { name: 'New', type: 'ddp', address: '::1', led_count: 1, mac: '020000000001' },
        409,
        'LG_ENTITY_NAME_TAKEN',
        'mac',
      ],
      ['PUT', `/devices/${device.id}`, { name: 'Other' }, 409, 'LG_ENTITY_NAME_TAKEN', 'name'],
      ['PUT', `/devices/${device.id}`, { led_count: 3 }, 409, 'LG_ENTITY_WRONG_STATE', 'led_count'],
      ['POST', '/sources', { name: 'Test card', type: 'testcard' }, 409, 'LG_ENTITY_NAME_TAKEN', 'name'],
      [
        'POST',
        '/targets',
        {
          name: 'T',
          device_id: serial.id,
          source_id: source.id,
          processing: { white_channel: 'accurate' },
        },
        400,
        'LG_REQUEST_INVALID',
        'processing.white_channel',
      ],
      [
        'PUT',
        `/targets/${target.id}`,
        { processing: { white_balance: { red: 2, green: 1, blue: 1 } } },
        400,
        'LG_REQUEST_INVALID',
        'processing.white_balance.red',
      ],
      ['DELETE', `/devices/${device.id}`, undefined, 409, 'LG_ENTITY_IN_USE'],
      ['DELETE', `/sources/${source.id}`, undefined, 409, 'LG_ENTITY_IN_USE'],
      ['POST', `/targets/${target.id}/stop`, undefined, 409, 'LG_ENTITY_WRONG_STATE'],
      [
        'POST',
        '/targets',
        { name: 'T', device_id: 'dev_x', source_id: source.id },
        400,
        'LG_REQUEST_INVALID',
        'device_id',
      ],
      [
        'POST',
        '/targets',
        { name: 'T', device_id: device.id, source_id: 'src_x' },
        400,
        'LG_REQUEST_INVALID',
        'source_id',
      ],
      ['PUT', '/devices/dev_x', { name: 'T' }, 404, 'LG_ENTITY_NOT_FOUND'],
      ['DELETE', '/sources/src_x', undefined, 404, 'LG_ENTITY_NOT_FOUND'],
      ['POST', '/targets/tgt_x/start', undefined, 404, 'LG_ENTITY_NOT_FOUND'],
      ['POST', '/targets/tgt_x/stop', undefined, 404, 'LG_ENTITY_NOT_FOUND'],
      ['GET', '/targets/tgt_x', undefined, 404, 'LG_ENTITY_NOT_FOUND'],
      ['GET', '/nothing', undefined, 404, 'LG_ROUTE_NOT_FOUND'],
      ['PATCH', `/devices/${device.id}`, {}, 404, 'LG_ROUTE_NOT_FOUND'],
    ]
    for (const [method, path, body, status, code, field] of cases) {
      const answer = await call(url, method, `/api/v1${path}`, body)
      assert.equal(
        [answer.status, answer.body.code, answer.body.field],
        [status, code, field],
        `${method} ${path}`,
      )
      assert.type(answer.body.message, 'string')
    }
    assert.is(await countEntries(url), before)
    const after = await callOk(url, 'GET', `/api/v1/devices/${device.id}`)
    assert.equal(withoutHealth(after), withoutHealth({ ...device }))
  })
})

rest('has settings of the log that anybody may read and that survive a restart', async () => {
  let dataDir = ''
  await withInProcess(async (server) => {
    dataDir = server.dataDir
    const path = '/api/v1/activity-log/settings'
    const defaults = { enabled: true, max_days: 90, max_entries: 20_000 }
    assert.equal(await callOk(server.url, 'GET', path), defaults)
    assert.equal(await callOk(server.url, 'PUT', path, { max_days: 30 }), { ...defaults, max_days: 30 })
    const entry = await readLast(server.url, 'activity_log_settings_changed')
    assert.is(entry.actor, 'anonymous')

    await callOk(server.url, 'PUT', path, { enabled: false })
    const before = await countEntries(server.url)
    await addDevice(server.url)
    assert.is(await countEntries(server.url), before, 'nothing is recorded while it is off')
    await callOk(server.url, 'PUT', path, { enabled: true })
    const enabled = await readLast(server.url, 'activity_log_enabled')
    assert.equal(enabled.metadata.suppressed, { entity: 1 })
  })
  await withInProcess(
    async ({ url }) => {
      const settings = await callOk(url, 'GET', '/api/v1/activity-log/settings')
      assert.equal(settings, { enabled: true, max_days: 30, max_entries: 20_000 })
    },
    { dataDir },
  )
})

rest('lists nothing as discovered while discovery is off', async () => {
  await withInProcess(async ({ url }) => {
    assert.equal(await callOk(url, 'GET', '/api/v1/discovered'), [])
  })
})

rest.run()
