import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { KeyStore } from '../../../src/storage/key-store.ts'
import { openSettings } from '../../support/settings.ts'

const keys = suite('key store')

async function setup() {
  const { db, raw } = await openSettings()
  const store = new KeyStore(db)
  await store.load()
  return { db, raw, store }
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

keys('has none at first', async () => {
  const { store } = await setup()
  assert.not(store.hasKeys)
  assert.is(store.find(''), undefined)
})

keys('makes a key that works at once and after a restart', async () => {
  const { store, db } = await setup()
  const { key, text } = await store.create('tablet', 'viewer', 1_000)
  assert.match(text, /^lg_[\w-]{43}$/)
  assert.match(key.id, /^key_[0-9a-f]{12}$/)
  assert.equal(key, { id: key.id, label: 'tablet', role: 'viewer', createdMs: 1_000 })
  assert.ok(store.hasKeys)
  assert.is(store.find(text)?.label, 'tablet')
  const later = new KeyStore(db)
  await later.load()
  assert.is(later.find(text)?.role, 'viewer')
})

keys('keeps the hash of a key, never its text', async () => {
  const { store, raw } = await setup()
  const { text } = await store.create('tablet', 'admin', 1_000)
  const row = raw.prepare('select * from api_keys').get() as { hash: Buffer }
  assert.equal(row.hash, createHash('sha256').update(text).digest())
  assert.not.match(JSON.stringify(row), text)
})

keys('finds the right one of several, and none for a text that is nearly one', async () => {
  const { store } = await setup()
  const made = []
  for (const label of ['a', 'b', 'c']) made.push(await store.create(label, 'operator', 1_000))
  assert.equal(
    made.map(({ text }) => store.find(text)?.label),
    ['a', 'b', 'c'],
  )
  const text = made[0]?.text ?? ''
  for (const other of [text.slice(0, -1), `${text}x`, text.toUpperCase(), 'lg_', ' '])
    assert.is(store.find(other), undefined)
})

keys('refuses a label that exists, and those that stand for nobody’s key', async () => {
  const { store } = await setup()
  await store.create('tablet', 'viewer', 1_000)
  for (const label of ['tablet', 'system', 'System', 'ANONYMOUS']) {
    const error = await refusal(store.create(label, 'viewer', 2_000))
    assert.is(error.code, 'LG_ENTITY_NAME_TAKEN', label)
    assert.is(error.field, 'label')
  }
  assert.ok(store.hasKeys)
})

keys('lists what is valid, oldest first, without the hashes', async () => {
  const { store } = await setup()
  const later = await store.create('later', 'viewer', 2_000)
  const first = await store.create('first', 'admin', 1_000)
  assert.equal(store.list(), [first.key, later.key])
})

keys('knows a revoked key from then on as what it is, also after a restart', async () => {
  const { store, db } = await setup()
  await store.create('Ada', 'admin', 1_000)
  const { key, text } = await store.create('tablet', 'viewer', 2_000)
  assert.is(store.findRevoked(text), undefined)
  assert.equal(await store.revoke(key.id, 3_000), key)
  const later = new KeyStore(db)
  await later.load()
  for (const one of [store, later]) {
    assert.is(one.find(text), undefined)
    assert.is(one.findRevoked(text)?.label, 'tablet')
    assert.is(one.list().length, 1)
  }
  assert.is((await refusal(store.revoke(key.id, 4_000))).code, 'LG_ENTITY_NOT_FOUND')
})

keys('keeps the last admin, and the last of all', async () => {
  const { store } = await setup()
  const vic = await store.create('Vic', 'viewer', 1_000)
  assert.is((await refusal(store.revoke(vic.key.id, 2_000))).code, 'LG_ENTITY_WRONG_STATE')
  const ada = await store.create('Ada', 'admin', 1_000)
  const error = await refusal(store.revoke(ada.key.id, 2_000))
  assert.is(error.code, 'LG_ENTITY_WRONG_STATE')
  assert.match(error.message, 'Ada')
  const eve = await store.create('Eve', 'admin', 1_000)
  await store.revoke(vic.key.id, 2_000)
  await store.revoke(ada.key.id, 2_000)
  assert.ok(store.hasKeys)
  assert.is(store.find(eve.text)?.label, 'Eve')
})

keys.run()
