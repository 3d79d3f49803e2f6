import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openSettings } from '../../support/settings.ts'

const store = suite('settings store')

store('gives back what was stored, over a restart too', async () => {
  const { settings, raw, file } = await openSettings()
  const value = { list: [1, 'zwei', null], nested: { is: true } }
  await settings.setSetting('some', value)
  assert.equal(await settings.getSetting('some'), value)
  raw.close()
  assert.equal(await (await openSettings(file)).settings.getSetting('some'), value)
})

store('has undefined for what was never stored, null for a stored null', async () => {
  const { settings } = await openSettings()
  assert.is(await settings.getSetting('some'), undefined)
  await settings.setSetting('some', null)
  assert.is(await settings.getSetting('some'), null)
})

store('replaces a value, and only that one', async () => {
  const { settings, raw } = await openSettings()
  await settings.setSetting('a', 1)
  await settings.setSetting('b', 2)
  await settings.setSetting('a', 3)
  assert.is(await settings.getSetting('a'), 3)
  assert.is(await settings.getSetting('b'), 2)
  assert.is(raw.prepare('select count(*) from settings').pluck().get(), 2)
})

store('takes any key and text literally', async () => {
  const { settings } = await openSettings()
  const nasty = "'; drop table settings; -- \u{1f4a1}"
  await settings.setSetting(nasty, nasty)
  assert.is(await settings.getSetting(nasty), nasty)
})

store('keeps the last of several written at once', async () => {
  const { settings } = await openSettings()
  await Promise.all(Array.from({ length: 20 }, (_, i) => settings.setSetting('some', i)))
  assert.is(await settings.getSetting('some'), 19)
})

store('rejects what JSON cannot hold, and a database that cannot be written', async () => {
  const { settings, raw } = await openSettings()
  await settings.setSetting('some', 1)
  const fails = async (work: Promise<void>): Promise<boolean> =>
    work.then(
      () => false,
      () => true,
    )
  assert.ok(await fails(settings.setSetting('some', undefined)))
  assert.ok(await fails(settings.setSetting('some', 1n)))
  raw.pragma('query_only = ON')
  assert.ok(await fails(settings.setSetting('some', 2)))
  assert.is(await settings.getSetting('some'), 1)
})

store.run()
