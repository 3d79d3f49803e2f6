import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'
import { Processing, ProcessingPatch } from '../../../src/protocol/api-targets.ts'

const docs = suite('processing, as documented')

const text = readFileSync(new URL('../../../docs/processing.md', import.meta.url), 'utf8')
const rows = [...text.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)].map(
  ([, name = '', value = '']) => [name, value] as const,
)

docs('lists every setting once, with its default', () => {
  const defaults: Record<string, unknown> = Processing.parse({})
  assert.equal(rows.map(([name]) => name).toSorted(), Object.keys(defaults).toSorted())
  for (const [name, value] of rows) {
    const { [name]: expected } = defaults
    const values = typeof expected === 'object' && expected !== null ? Object.values(expected) : [expected]
    assert.is(value.replaceAll('`', ''), values.join(', ') || 'null', name)
  }
})

docs('has examples that the API takes', () => {
  const examples = [...text.matchAll(/```json\n(.+?)```/gs)].map(([, json = '']) => JSON.parse(json))
  assert.ok(examples.length > 0)
  for (const { processing } of examples) assert.equal(ProcessingPatch.parse(processing), processing)
})

docs('knows a neutral setting of everything', () => {
  assert.equal(Object.keys(NEUTRAL_PROCESSING).toSorted(), Object.keys(Processing.shape).toSorted())
  assert.equal(Processing.parse(NEUTRAL_PROCESSING), NEUTRAL_PROCESSING)
})

docs.run()
