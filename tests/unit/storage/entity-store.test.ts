import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { EntityStore, type StoredRow } from '../../../src/storage/entity-store.ts'
import { openSettings } from '../../support/settings.ts'

const entities = suite('entity store')

async function setup() {
  const { db, raw } = await openSettings()
  const devices = new EntityStore(db, 'devices')
  const sources = new EntityStore(db, 'sources')
  const targets = new EntityStore(db, 'targets')
  return { raw, devices, sources, targets }
}

function deviceOf(id: string, fields: Partial<StoredRow<'devices'>> = {}): StoredRow<'devices'> {
  return {
    id,
    name: `Device ${id}`,
    type: 'wled',
    address: '192.168.1.7',
    port: 80,
    realtime_port: null,
    mac: null,
    led_count: 60,
    settings: '{}',
    created_ts: 1_000,
    ...fields,
  }
}

async function refusal(work: Promise<unknown>): Promise<LedGrabError> {
  try {
    await work
  } catch (cause) {
    assert.instance(cause, LedGrabError)
    return cause as LedGrabError
  }
  throw new Error('it was not refused')
}

entities('gives ids that say what they are of', async () => {
  const { devices, sources, targets } = await setup()
  assert.match(devices.newId(), /^dev_[0-9a-f]{12}$/)
  assert.match(sources.newId(), /^src_[0-9a-f]{12}$/)
  assert.match(targets.newId(), /^tgt_[0-9a-f]{12}$/)
  assert.is.not(devices.newId(), devices.newId())
})

entities('keeps rows and lists them oldest first', async () => {
  const { devices } = await setup()
  const younger = deviceOf('dev_a', { created_ts: 2_000, mac: 'aabbccddeeff' })
  const older = deviceOf('dev_b')
  await devices.insert(younger)
  await devices.insert(older)
  assert.equal(await devices.list(), [older, younger])
  assert.equal(await devices.get('dev_a'), younger)
})

entities('changes what it is told to and nothing else', async () => {
  const { devices } = await setup()
  await devices.insert(deviceOf('dev_a'))
  await devices.insert(deviceOf('dev_b'))
  await devices.update('dev_a', { address: '192.168.1.9' })
  await devices.update('dev_a', {})
  assert.equal(await devices.get('dev_a'), deviceOf('dev_a', { address: '192.168.1.9' }))
  assert.equal(await devices.get('dev_b'), deviceOf('dev_b'))
})

entities('says what it cannot find', async () => {
  const { sources } = await setup()
  const error = await refusal(sources.get('src_none'))
  assert.is(error.code, 'LG_ENTITY_NOT_FOUND')
  assert.is(error.message, 'there is no source with the id src_none')
})

entities('refuses a name that is taken, also when a MAC is given', async () => {
  const { devices } = await setup()
  await devices.insert(deviceOf('dev_a', { name: 'Desk', mac: 'aabbccddeeff' }))
  await devices.insert(deviceOf('dev_b', { name: 'TV' }))
  const works = [
    () => devices.insert(deviceOf('dev_c', { name: 'Desk' })),
    () => devices.insert(deviceOf('dev_d', { name: 'Desk', mac: '001122334455' })),
    () => devices.update('dev_b', { name: 'Desk' }),
  ]
  for (const work of works) {
    const error = await refusal(work())
    assert.is(error.code, 'LG_ENTITY_NAME_TAKEN')
    assert.is(error.field, 'name')
    assert.match(error.message, '"Desk"')
  }
})

entities('refuses a MAC that is taken: one controller is one device', async () => {
  const { devices } = await setup()
  await devices.insert(deviceOf('dev_a', { mac: 'aabbccddeeff' }))
  await devices.insert(deviceOf('dev_b'))
  for (const work of [
    () => devices.insert(deviceOf('dev_c', { mac: 'aabbccddeeff' })),
    () => devices.update('dev_b', { mac: 'aabbccddeeff' }),
  ]) {
    const error = await refusal(work())
    assert.is(error.field, 'mac')
    assert.match(error.message, 'aabbccddeeff')
  }
})

entities('lets a device without a MAC be one of many', async () => {
  const { devices } = await setup()
  await devices.insert(deviceOf('dev_a'))
  await devices.insert(deviceOf('dev_b'))
  assert.is((await devices.list()).length, 2)
})

entities('does not delete what a target uses', async () => {
  const { devices, sources, targets } = await setup()
  await devices.insert(deviceOf('dev_a'))
  await sources.insert({ id: 'src_a', name: 'Card', type: 'testcard', settings: '{}', created_ts: 1 })
  await targets.insert({
    id: 'tgt_a',
    name: 'Desk light',
    device_id: 'dev_a',
    source_id: 'src_a',
    layout: '{}',
    processing: '{}',
    wanted: 0,
    created_ts: 1,
  })
  for (const work of [() => devices.delete('dev_a'), () => sources.delete('src_a')])
    assert.is((await refusal(work())).code, 'LG_ENTITY_IN_USE')
  await targets.delete('tgt_a')
  await devices.delete('dev_a')
  assert.equal(await devices.list(), [])
  await devices.delete('dev_a') // Deleting what is gone is no error here; the service asks first.
})

entities.run()
