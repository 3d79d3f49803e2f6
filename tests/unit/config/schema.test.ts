import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigSchema, SETTING_KINDS, type SettingKind } from '../../../src/config/schema.ts'

const schema = suite('configuration schema')

/** The settings of a configuration by their path, with the kind of text each is read from. */
function leavesOf(value: object, prefix = ''): readonly (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`
    const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    return isSection ? leavesOf(inner, `${path}.`) : [[path, inner] as const]
  })
}

function kindOf(value: unknown): SettingKind {
  if (Array.isArray(value)) return 'list'
  return typeof value === 'number' ? 'integer' : typeof value === 'boolean' ? 'boolean' : 'text'
}

schema('has a kind for each of its settings, and for no others', () => {
  const leaves = leavesOf(ConfigSchema.parse({}))
  assert.equal(Object.fromEntries(leaves.map(([path, value]) => [path, kindOf(value)])), SETTING_KINDS)
})

schema('refuses what it does not know, at every level', () => {
  for (const unknown of [{ x: 1 }, { server: { x: 1 } }, { log: { x: 1 } }, { discovery: { x: 1 } }]) {
    assert.is(ConfigSchema.safeParse(unknown).success, false, JSON.stringify(unknown))
  }
})

schema('takes hosts without a port and origins without a path', () => {
  const isValid = (server: object): boolean => ConfigSchema.safeParse({ server }).success
  assert.ok(isValid({ allowed_hosts: ['lights.example'], allowed_origins: ['https://wall.example:8443'] }))
  for (const host of ['lights.example:80', 'http://lights', '', 'a/b', 'a b']) {
    assert.not.ok(isValid({ allowed_hosts: [host] }), host)
  }
  for (const origin of ['wall.example', 'https://wall.example/', 'ftp://x', '*', 'null']) {
    assert.not.ok(isValid({ allowed_origins: [origin] }), origin)
  }
})

schema.run()
