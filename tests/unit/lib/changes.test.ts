import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { definedOf, listChanges, tellChanges } from '../../../src/lib/changes.ts'

const changes = suite('changes')

interface Thing {
  readonly name: string
  readonly port?: number
  readonly layout: { readonly edges: readonly string[] }
  readonly secret: string
}

const BEFORE: Thing = { name: 'Desk', port: 80, layout: { edges: ['top'] }, secret: 'a' }

changes('are the fields that differ, with the old and the new value', () => {
  const after: Thing = { ...BEFORE, name: 'TV', layout: { edges: ['top', 'left'] } }
  assert.equal(listChanges(BEFORE, after, ['name', 'port', 'layout']), {
    name: { from: 'Desk', to: 'TV' },
    layout: { from: { edges: ['top'] }, to: { edges: ['top', 'left'] } },
  })
})

changes('are none where only another object says the same', () => {
  assert.equal(listChanges(BEFORE, structuredClone(BEFORE), ['name', 'port', 'layout', 'secret']), {})
})

changes('are looked for in the given fields only', () => {
  assert.equal(listChanges(BEFORE, { ...BEFORE, secret: 'b' }, ['name']), {})
})

changes('show a field that was not there, or is no longer, as null', () => {
  const { port: _port, ...without } = BEFORE
  assert.equal(listChanges<Thing>(BEFORE, without, ['port']), { port: { from: 80, to: null } })
  assert.equal(listChanges<Thing>(without, BEFORE, ['port']), { port: { from: null, to: 80 } })
})

changes('of a patch leave out what is undefined, and keep null and false', () => {
  assert.equal(definedOf({ a: undefined, b: null, c: false, d: 0 }), { b: null, c: false, d: 0 })
})

changes('are told with both values, of a group of settings only those that differ', () => {
  const told = (from: object, to: object): string =>
    tellChanges(listChanges<Record<string, unknown>>({ ...from }, { ...to }, Object.keys({ ...from, ...to })))
  assert.is(
    told({ name: 'Desk', led_count: 60 }, { name: 'TV', led_count: 120 }),
    'name from "Desk" to "TV", led count from 60 to 120',
  )
  assert.is(
    told({ processing: { brightness: 1, gamma: 2 } }, { processing: { brightness: 0.5, gamma: 2 } }),
    'brightness from 1 to 0.5',
  )
  assert.is(told({ mac: null }, { mac: 'aa' }), 'mac from none to "aa"')
  assert.is(told({ a: {} }, { a: { on: true } }), 'on from none to true')
})

changes('are told by name alone where a value is a list, or long', () => {
  const from = { edges: ['top'], layout: null, name: 'a' }
  const to = { edges: [], layout: { segments: [] }, name: 'a'.repeat(100) }
  assert.is(
    tellChanges(listChanges<Record<string, unknown>>(from, to, ['edges', 'layout', 'name'])),
    'edges, layout, name',
  )
})

changes.run()
