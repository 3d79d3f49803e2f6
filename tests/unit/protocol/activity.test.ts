import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ACTIONS, CATEGORIES, isAction, isCategory, SEVERITIES } from '../../../src/protocol/activity.ts'

const catalogue = suite('catalogue of actions')

catalogue('has the categories and severities of the entry', () => {
  assert.equal(CATEGORIES, ['auth', 'device', 'entity', 'capture', 'system'])
  assert.equal(SEVERITIES, ['info', 'warning', 'error'])
})

catalogue('names every action in snake_case and says in a sentence what it means', () => {
  for (const [action, { category, severity, meaning }] of Object.entries(ACTIONS)) {
    assert.match(action, /^[a-z]+(_[a-z]+)+$/)
    assert.ok(CATEGORIES.includes(category), action)
    assert.ok(SEVERITIES.includes(severity), action)
    assert.match(meaning, /^[A-Z].*\.$/, action)
  }
})

catalogue('uses every category', () => {
  const used = new Set(Object.values(ACTIONS).map(({ category }) => category))
  assert.equal([...used].sort(), [...CATEGORIES].sort())
})

catalogue('says no meaning twice', () => {
  const meanings = Object.values(ACTIONS).map(({ meaning }) => meaning)
  assert.is(new Set(meanings).size, meanings.length)
})

catalogue('knows its categories from anything else', () => {
  assert.ok(CATEGORIES.every(isCategory))
  for (const other of ['', 'Auth', 'constructor', 0, null, undefined, {}, ['auth']])
    assert.not(isCategory(other))
})

catalogue('knows its actions from anything else', () => {
  assert.ok(Object.keys(ACTIONS).every(isAction))
  const hostile = { toString: () => 'device_lost' }
  for (const other of ['', 'constructor', 'toString', 0, null, undefined, hostile])
    assert.not(isAction(other))
})

catalogue.run()
