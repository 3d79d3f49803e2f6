import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { definedOf, listChanges } from '../../../src/lib/changes.ts'

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

changes.run()
