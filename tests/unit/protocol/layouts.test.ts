import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Matrix, STRIP_EDGES, type Strip, type StripEdge } from '../../../src/led/layout.ts'
import { toMatrixCell } from '../../../src/led/matrix-areas.ts'
import { toSampleAreas } from '../../../src/led/sample-areas.ts'
import { findLayoutProblems } from '../../../src/led/validate-layout.ts'
import { CORNERS, EDGES, Layout } from '../../../src/protocol/api-targets.ts'

const layouts = suite('layouts, as the API takes them')

const docs = readFileSync(new URL('../../../docs/layouts.md', import.meta.url), 'utf8')

layouts('are taken as documented, and fit a device', () => {
  const examples = [...docs.matchAll(/```json\n(.+?)```/gs)].map(([, json = '']) => JSON.parse(json))
  assert.is(examples.length, 3)
  for (const example of examples) {
    const layout = Layout.parse(example)
    for (const key of Object.keys(example)) assert.ok(key in layout, key)
    assert.equal(findLayoutProblems(layout, 144), [])
  }
  for (const corner of CORNERS) assert.ok(docs.includes(`\`${corner}\``), corner)
})

/** The middle of each LED's area in a picture of 1,000 x 1,000, of which it sees only the rim. */
function toPlaces(strip: Strip, ledCount: number): readonly (readonly [x: number, y: number])[] {
  const areas = toSampleAreas({ ...strip, border_depth_percent: 1 }, ledCount, {
    width: 1_000,
    height: 1_000,
  })
  return Array.from({ length: ledCount }, (_, led) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = areas.subarray(led * 4, led * 4 + 4)
    return [(left + right) / 2, (top + bottom) / 2]
  })
}

/** Whether each LED is beside the one before, on the way of `isClockwise`. */
function assertOneWay(places: readonly (readonly [number, number])[], isClockwise: boolean): void {
  for (const [led, [x, y]] of places.entries()) {
    const [nextX, nextY] = places[led + 1] ?? [x, y]
    assert.ok(Math.abs(nextX - x) + Math.abs(nextY - y) <= 101, `LED ${led + 1} is beside LED ${led}`)
    // Seen from the middle, y downwards.
    const turn = (x - 500) * (nextY - 500) - (y - 500) * (nextX - 500)
    assert.ok(isClockwise ? turn >= 0 : turn <= 0, `LED ${led + 1} is on the way`)
  }
}

layouts('go around from each corner either way as documented', () => {
  const rows = [...docs.matchAll(/^\| ((?:bottom|top) (?:left|right)) \| (.+) \| (.+) \|$/gm)]
  assert.equal(rows.map(([, corner = '']) => corner.replace(' ', '_')).toSorted(), [...CORNERS].toSorted())
  for (const [, corner = '', clockwise = '', against = ''] of rows) {
    for (const [edges, reverse] of [
      [clockwise, false],
      [against, true],
    ] as const) {
      const segments = edges
        .split(', ')
        .map((edge, i) => ({ edge: edge as StripEdge, led_start: i * 10, led_count: 10, reverse }))
      const places = toPlaces({ type: 'strip', segments, gaps: [], border_depth_percent: 1 }, 40)
      const [x, y] = places[0] ?? [500, 500]
      assert.is(`${y < 500 ? 'top' : 'bottom'} ${x < 500 ? 'left' : 'right'}`, corner, edges)
      assert.ok(Math.min(x, 1_000 - x) + Math.min(y, 1_000 - y) <= 60, `${edges} begins at the corner`)
      assertOneWay(places, !reverse)
    }
  }
})

layouts('may begin in the middle of an edge as documented', () => {
  const [, middle] = [...docs.matchAll(/```json\n(.+?)```/gs)].map(([, json = '']) =>
    Layout.parse(JSON.parse(json)),
  )
  if (middle?.type !== 'strip') throw new Error('the second example is a strip')
  const places = toPlaces(middle, 100)
  assert.ok(places.every(([x, y]) => x > 0 && y > 0))
  const [x, y] = places[0] ?? [0, 0]
  assert.ok(y > 900 && x < 500 && x > 450, 'left of the middle')
  assertOneWay(places, true)
})

layouts('number a matrix as drawn', () => {
  const drawn = [...docs.matchAll(/^ +(\d+(?: +\d+){3}) {4,}(\d+(?: +\d+){3})$/gm)]
  assert.is(drawn.length, 3)
  const shared = { type: 'matrix', columns: 4, rows: 3, led_start: 0 } as const
  const matrices: readonly Matrix[] = [
    { ...shared, first_led: 'bottom_left', runs: 'rows', serpentine: true },
    { ...shared, first_led: 'top_right', runs: 'columns', serpentine: false },
  ]
  for (const [i, matrix] of matrices.entries()) {
    const numbers = drawn.map((line) => (line[i + 1] ?? '').split(/ +/).map(Number))
    for (let led = 0; led < 12; led += 1) {
      const [column, row] = toMatrixCell(matrix, led)
      assert.is(numbers[row]?.[column], led)
    }
  }
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
