import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ACTIONS } from '../../../src/protocol/activity.ts'
import type { ActivityEntry } from '../../../src/web/api/types.ts'
import { deEntries } from '../../../src/web/i18n/de/entries.ts'
import { de } from '../../../src/web/i18n/de.ts'
import { en } from '../../../src/web/i18n/en.ts'
import { tellEntry } from '../../../src/web/i18n/entry-text.ts'
import { chooseLanguage } from '../../../src/web/i18n/languages.ts'
import { chooseForm, fillIn, type Message } from '../../../src/web/i18n/message.ts'
import { ruEntries } from '../../../src/web/i18n/ru/entries.ts'
import { ru } from '../../../src/web/i18n/ru.ts'
import { zhEntries } from '../../../src/web/i18n/zh/entries.ts'
import { zh } from '../../../src/web/i18n/zh.ts'

const languages = suite('languages of the page')

const web = new URL('../../../src/web/', import.meta.url)
const CATALOGUES: Readonly<Record<string, Readonly<Record<string, Message>>>> = { en, de, ru, zh }
const ENTRIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: deEntries,
  ru: ruEntries,
  zh: zhEntries,
}

function readCode(): string {
  return readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/^i18n\/(en|de|ru|zh)(\.ts$|\/)/.test(file))
    .map((file) => readFileSync(new URL(file, web), 'utf8'))
    .join('\n')
}

function formsOf(message: Message): readonly string[] {
  return typeof message === 'string' ? [message] : Object.values(message)
}

function placesOf(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort()
}

languages('have the same texts, none of them empty', () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    assert.equal(Object.keys(catalogue).sort(), Object.keys(en).sort(), language)
    for (const [key, message] of Object.entries(catalogue))
      for (const form of formsOf(message)) assert.ok(form.trim() !== '', `${language} ${key}`)
  }
})

languages('fill in the same places', () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    for (const [key, message] of Object.entries(catalogue)) {
      const expected = placesOf(formsOf(CATALOGUES.en?.[key] ?? '')[0] ?? '')
      for (const form of formsOf(message)) assert.equal(placesOf(form), expected, `${language} ${key}`)
    }
  }
})

languages('have every form that a number of theirs may ask for', () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    const rules = new Intl.PluralRules(language)
    const needed = new Set([0, 1, 2, 5, 11, 21, 22, 101, 1_000].map((n) => rules.select(n)))
    for (const [key, message] of Object.entries(catalogue)) {
      if (typeof message === 'string') continue
      for (const form of needed) assert.ok(form in message, `${language} ${key} ${form}`)
    }
  }
})

languages('have no text that the page does not use', () => {
  const code = readCode()
  const words = [...code.matchAll(/\bword\('([a-z.]+)'/g)].map((match) => `${match[1]}.`)
  const prefixes = [...code.matchAll(/`([a-z][A-Za-z.]*\.)\$\{/g)].map((match) => match[1] ?? '')
  const unused = Object.keys(en).filter(
    (key) => !code.includes(`'${key}'`) && ![...prefixes, ...words].some((prefix) => key.startsWith(prefix)),
  )
  assert.equal(unused, [])
})

languages('tell every action, and none that does not exist', () => {
  for (const [language, texts] of Object.entries(ENTRIES)) {
    const told = new Set(Object.keys(texts).map((key) => key.split('.')[0] ?? ''))
    assert.equal(
      [...told].filter((action) => !Object.hasOwn(ACTIONS, action)),
      [],
      language,
    )
    assert.equal(Object.keys(texts).sort(), Object.keys(deEntries).sort(), `${language} as the others`)
    assert.equal(
      Object.keys(ACTIONS).filter((action) => !told.has(action)),
      [],
      `${language}: every action`,
    )
  }
})

const entry: ActivityEntry = {
  id: 'al_00000001',
  ts: '2026-11-21T12:00:00.000Z',
  category: 'entity',
  action: 'entity_updated',
  severity: 'info',
  actor: 'carol',
  message: 'The target "TV" was changed: name.',
  entity_type: 'target',
  entity_id: 'tgt_1',
  entity_name: 'TV',
  metadata: { changes: { name: { from: 'a', to: 'TV' } } },
}

languages('tell an entry by action and metadata, else in English', () => {
  assert.is(tellEntry(entry, deEntries), 'Das Licht „TV“ wurde geändert: name.')
  assert.is(tellEntry({ ...entry, metadata: {} }, deEntries), entry.message, 'a parameter is missing')
  assert.is(tellEntry({ ...entry, action: 'of_tomorrow' }, deEntries), entry.message)
  assert.is(tellEntry({ ...entry, entity_type: 'planet' }, deEntries), entry.message)
  assert.is(tellEntry(entry, {}), entry.message)
})

languages('do not read what an entry only inherits', () => {
  const text = { entity_updated: '{constructor} {toString}' }
  assert.is(tellEntry(entry, text), entry.message)
})

languages('are chosen from what the browser would like', () => {
  assert.is(chooseLanguage(['de-AT', 'en']), 'de')
  assert.is(chooseLanguage(['fr', 'zh-Hans-CN', 'en']), 'zh')
  assert.is(chooseLanguage(['fr']), 'en')
  assert.is(chooseLanguage([]), 'en')
})

languages('count as their people do', () => {
  const message = ru['activity.count']
  const rules = new Intl.PluralRules('ru')
  const told = [1, 3, 5, 21].map((n) => fillIn(chooseForm(message, n, rules), { n }))
  assert.equal(told, ['1 запись', '3 записи', '5 записей', '21 запись'])
  assert.is(fillIn('{a} {b}', { a: 1 }), '1 {b}')
})

languages.run()
