import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STRIP_EDGES } from '../../../src/led/layout.ts'
import { findLayoutProblems } from '../../../src/led/validate-layout.ts'
import { CORNERS, EDGES, Layout } from '../../../src/protocol/api-targets.ts'

const layouts = suite('layouts, as the API takes them')

const docs = readFileSync(new URL('../../../docs/layouts.md', import.meta.url), 'utf8')

layouts('are taken as documented, and fit a device', () => {
  const examples = [...docs.matchAll(/```json\n(.+?)```/gs)].map(([, json = '']) => JSON.parse(json))
  assert.is(examples.length, 2)
  for (const example of examples) {
    const layout = Layout.parse(example)
    assert.equal(Object.keys(layout).toSorted(), Object.keys(example).toSorted())
    assert.equal(findLayoutProblems(layout, 144), [])
  }
  for (const corner of CORNERS) assert.ok(docs.includes(`\`${corner}\``), corner)
})

layouts('stored by an older version are strips without gaps', () => {
  const segments = [{ edge: 'top', led_start: 0, led_count: 4, reverse: true }]
  assert.equal(Layout.parse({ segments, border_depth_percent: 20 }), {
    type: 'strip',
    segments,
    gaps: [],
    border_depth_percent: 20,
  })
})

layouts('know the same edges as the light', () => {
  assert.equal([...EDGES], [...STRIP_EDGES])
})

layouts.run()
