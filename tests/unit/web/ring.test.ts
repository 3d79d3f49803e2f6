import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toDefaultStrip } from '../../../src/led/layout.ts'
import { toSampleAreas } from '../../../src/led/sample-areas.ts'
import { findStripProblems } from '../../../src/led/validate-strip.ts'
import { CORNERS, type Layout } from '../../../src/protocol/api-targets.ts'
import { toLedPlaces } from '../../../src/web/lights/led-places.ts'
import { addGap, moveGapEnd } from '../../../src/web/targets/gaps.ts'
import {
  countRing,
  edgeAfter,
  fromSegments,
  moveCorner,
  moveStart,
  RING_EDGES,
  type Ring,
  toSegments,
  toUsualRing,
} from '../../../src/web/targets/ring.ts'

const ring = suite('layout ring')

const count = fc.integer({ min: 0, max: 40 })
const anyRing = fc
  .record({
    counts: fc.record({ left: count, top: count, right: count, bottom: count }, { noNullPrototype: true }),
    start: fc.nat(200),
    isClockwise: fc.boolean(),
  })
  .filter((one) => countRing(one) > 0)
  .map((one) => moveStart(one, one.start))

ring('is a layout the server takes, with every LED once', () => {
  fc.assert(
    fc.property(anyRing, (one) => {
      const segments = toSegments(one)
      const strip = { type: 'strip', gaps: [], segments, border_depth_percent: 10 } as const
      assert.equal(findStripProblems(strip, countRing(one)), [])
      const leds = segments.flatMap(({ led_start, led_count }) =>
        Array.from({ length: led_count }, (_, i) => led_start + i),
      )
      assert.is(new Set(leds).size, countRing(one))
    }),
  )
})

ring('is read back from its layout as the same light', () => {
  fc.assert(
    fc.property(anyRing, (one) => {
      const segments = toSegments(one)
      const back = fromSegments(segments)
      assert.ok(back)
      assert.equal(back.counts, one.counts)
      assert.equal(toSegments(back), segments)
    }),
  )
})

ring('is what the server makes by default', () => {
  const { segments } = toDefaultStrip(120)
  const back = fromSegments(segments)
  assert.equal(back, { counts: { left: 22, top: 38, right: 22, bottom: 38 }, start: 0, isClockwise: true })
  assert.equal(toSegments(back as Ring), segments)
})

ring('is not made of a layout that is none', () => {
  const segment = { edge: 'top', led_start: 0, led_count: 10, reverse: false } as const
  for (const segments of [
    [{ ...segment, led_start: 5 }],
    [segment, { ...segment, led_start: 20 }],
    [segment, { ...segment, edge: 'left', led_start: 10, reverse: true } as const],
  ]) {
    assert.is(fromSegments(segments), undefined)
  }
})

ring('keeps its LEDs when a corner moves, and moves it within its two edges', () => {
  fc.assert(
    fc.property(
      anyRing,
      fc.constantFrom(...RING_EDGES),
      fc.integer({ min: -100, max: 100 }),
      (one, edge, delta) => {
        const moved = moveCorner(one, edge, delta)
        assert.is(countRing(moved), countRing(one))
        for (const other of RING_EDGES) {
          assert.ok(moved.counts[other] >= 0)
          if (other !== edge && other !== edgeAfter(edge)) assert.is(moved.counts[other], one.counts[other])
        }
      },
    ),
  )
})

const anyGaps = fc
  .uniqueArray(
    fc.record({
      edge: fc.constantFrom(...RING_EDGES),
      start_percent: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: 1, max: 39 }),
    }),
    { selector: ({ edge }) => edge, maxLength: 4 },
  )
  .map((gaps) =>
    gaps.map(({ edge, start_percent, length }) => ({
      edge,
      start_percent,
      end_percent: start_percent + length,
    })),
  )

const anyMatrix = fc.record({
  type: fc.constant('matrix' as const),
  columns: fc.integer({ min: 1, max: 20 }),
  rows: fc.integer({ min: 1, max: 20 }),
  first_led: fc.constantFrom(...CORNERS),
  runs: fc.constantFrom('rows' as const, 'columns' as const),
  serpentine: fc.boolean(),
  led_start: fc.integer({ min: 0, max: 5 }),
})

function assertSeen(layout: Layout, total: number): void {
  const size = { width: 1_600, height: 1_000 }
  const areas = toSampleAreas(layout, total, size)
  const places = toLedPlaces(layout, total)
  for (let led = 0; led < total; led += 1) {
    const [left = 0, top = 0, right = 0, bottom = 0] = areas.subarray(led * 4, led * 4 + 4)
    const x = (places[led * 2] ?? 0) * size.width
    const y = (places[led * 2 + 1] ?? 0) * size.height
    if (right === 0) assert.ok(Number.isNaN(x), `LED ${led} hangs nowhere`)
    else assert.ok(x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1, `LED ${led}`)
  }
}

ring('shows each LED where the server looks for its colour, beside gaps too', () => {
  fc.assert(
    fc.property(anyRing, anyGaps, (one, gaps) => {
      const segments = [...toSegments(one)]
      assertSeen({ type: 'strip', gaps, segments, border_depth_percent: 10 }, countRing(one))
    }),
  )
})

ring('shows each LED of a matrix where the server looks for its colour', () => {
  fc.assert(
    fc.property(anyMatrix, (matrix) =>
      assertSeen(matrix, matrix.led_start + matrix.columns * matrix.rows + 2),
    ),
  )
})

ring('begins as the server does for a light without a layout', () => {
  for (const ledCount of [1, 2, 7, 50, 99, 120, 1_000]) {
    assert.equal(toSegments(toUsualRing(ledCount)), toDefaultStrip(ledCount).segments)
  }
})

ring('keeps the ends of a gap apart, on their edge, and out of other gaps', () => {
  const gaps = [
    { edge: 'top', start_percent: 10, end_percent: 20 },
    { edge: 'top', start_percent: 40, end_percent: 50 },
  ] as const
  const move = (index: number, end: 'start' | 'end', percent: number) =>
    moveGapEnd(gaps, index, end, percent)[index]
  assert.equal(move(0, 'start', -5)?.start_percent, 0)
  assert.equal(move(0, 'start', 30)?.start_percent, 19)
  assert.equal(move(0, 'end', 70)?.end_percent, 40)
  assert.equal(move(1, 'start', 0)?.start_percent, 20)
  assert.equal(move(1, 'end', 120)?.end_percent, 100)
  assert.is(moveGapEnd(gaps, 7, 'end', 5), gaps)
})

ring('has room for one gap more on each edge, from the bottom on', () => {
  let gaps = addGap([])
  assert.equal(gaps, [{ edge: 'bottom', start_percent: 42, end_percent: 58 }])
  for (let i = 0; i < 10; i += 1) gaps = addGap(gaps)
  assert.equal(gaps.map(({ edge }) => edge).toSorted(), [...RING_EDGES].toSorted())
})

ring.run()
