import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EVENT_TYPES_ARE_COMPLETE, SERVER_EVENT_TYPES } from '../../../src/protocol/server-events.ts'

const serverEvents = suite('server events')

const source = fileURLToPath(new URL('../../../src', import.meta.url))

/** What the server hands to its watchers, read from where it does: `publish({ type: '…'`, `send({ … `. */
function readEmittedTypes(): readonly string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const types = files.flatMap((file) => {
    const text = readFileSync(`${source}/${file}`, 'utf8')
    const objects = text.matchAll(/(?:publish|publishEvent|client\.send|stringify)\(\s*\{\s*type: '(\w+)'/g)
    const frames = text.matchAll(/\{"type":"(\w+)"/g)
    return [...objects, ...frames].map((match) => match[1] ?? '')
  })
  return [...new Set(types)].sort()
}

serverEvents('are exactly those of the allowlist', () => {
  assert.equal(readEmittedTypes(), [...SERVER_EVENT_TYPES].sort())
})

serverEvents('have a shape each: the checker compares the union with the allowlist', () => {
  assert.is(EVENT_TYPES_ARE_COMPLETE, true)
})

serverEvents('are named once', () => {
  assert.is(new Set(SERVER_EVENT_TYPES).size, SERVER_EVENT_TYPES.length)
})

serverEvents.run()
