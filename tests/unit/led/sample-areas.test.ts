import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Matrix,
  STRIP_EDGES,
  type Strip,
  type StripEdge,
  type StripGap,
  type StripSegment,
} from '../../../src/led/layout.ts'
import type { PictureSize, PictureWindow } from '../../../src/led/picture.ts'
import { toSampleAreas } from '../../../src/led/sample-areas.ts'
import type { SampleAreas } from '../../../src/led/sampling.ts'
import { findLayoutProblems } from '../../../src/led/validate-layout.ts'

/** What holds for the areas of any layout in any window of any picture. */
const properties = suite('sample areas')

interface Picture {
  readonly size: PictureSize
  readonly window: PictureWindow
}

const pictures: fc.Arbitrary<Picture> = fc
  .record({ left: fc.nat(60), top: fc.nat(60), width: fc.integer({ min: 1, max: 300 }), right: fc.nat(60) })
  .chain(({ left, top, width, right }) =>
    fc.record({ height: fc.integer({ min: 1, max: 300 }), bottom: fc.nat(60) }).map(({ height, bottom }) => ({
      size: { width: left + width + right, height: top + height + bottom },
      window: { left, top, right: left + width, bottom: top + height },
    })),
  )

/** Segments in random order of LEDs, up to three on an edge, and gaps that do not touch. */
const strips: fc.Arbitrary<{ readonly strip: Strip; readonly ledCount: number }> = fc
  .record({
    runs: fc.array(
      fc.record({
        edge: fc.constantFrom(...STRIP_EDGES),
        count: fc.integer({ min: 1, max: 400 }),
        reverse: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    cuts: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { maxLength: 6 }), {
      minLength: 4,
      maxLength: 4,
    }),
    depth: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ runs, order, cuts, depth }) => {
    const starts = new Map<number, number>()
    let ledCount = 0
    for (const [index] of [...runs.entries()].sort(([a], [b]) => (order[a] ?? 0) - (order[b] ?? 0))) {
      starts.set(index, ledCount)
      ledCount += runs[index]?.count ?? 0
    }
    const segments = runs.map(
      ({ edge, count, reverse }, i): StripSegment => ({
        edge,
        led_start: starts.get(i) ?? 0,
        led_count: count,
        reverse,
      }),
    )
    const gaps = STRIP_EDGES.flatMap((edge, i) => toGaps(edge, cuts[i] ?? []))
    return { strip: { type: 'strip' as const, segments, gaps, border_depth_percent: depth }, ledCount }
  })
  .filter(({ strip, ledCount }) => findLayoutProblems(strip, ledCount).length === 0)

function toGaps(edge: StripEdge, cuts: readonly number[]): readonly StripGap[] {
  const sorted = [...cuts].sort((a, b) => a - b)
  return sorted.flatMap((start, i) => {
    const end = sorted[i + 1]
    return i % 2 === 1 || end === undefined
      ? []
      : [{ edge, start_percent: start / 10, end_percent: end / 10 }]
  })
}

type Area = readonly [left: number, top: number, right: number, bottom: number]

function areaOf(areas: SampleAreas, led: number): Area {
  const [left = 0, top = 0, right = 0, bottom = 0] = areas.subarray(led * 4, led * 4 + 4)
  return [left, top, right, bottom]
}

function assertInside([left, top, right, bottom]: Area, window: PictureWindow, what: string): void {
  assert.ok(left >= window.left && left < right && right <= window.right, `${what}: ${left} to ${right}`)
  assert.ok(top >= window.top && top < bottom && bottom <= window.bottom, `${what}: ${top} to ${bottom}`)
}

/** From where to where an area lies along its edge, clockwise, in pixels from the corner of the window. */
function toReach(edge: StripEdge, [left, top, right, bottom]: Area, window: PictureWindow): [number, number] {
  if (edge === 'top') return [left - window.left, right - window.left]
  if (edge === 'right') return [top - window.top, bottom - window.top]
  if (edge === 'bottom') return [window.right - right, window.right - left]
  return [window.bottom - bottom, window.bottom - top]
}

/** The reaches of an edge's LEDs in their order clockwise. */
function listReaches(
  strip: Strip,
  areas: SampleAreas,
  edge: StripEdge,
  window: PictureWindow,
): [number, number][] {
  return strip.segments
    .filter((segment) => segment.edge === edge)
    .flatMap(({ led_start, led_count, reverse }) => {
      const leds = Array.from({ length: led_count }, (_, i) => led_start + i)
      return reverse ? leds.reverse() : leds
    })
    .map((led) => toReach(edge, areaOf(areas, led), window))
}

properties('of a strip lie in the window, at its edge, and have a pixel each', () => {
  fc.assert(
    fc.property(strips, pictures, ({ strip, ledCount }, { size, window }) => {
      const areas = toSampleAreas(strip, ledCount, size, window)
      for (const { edge, led_start, led_count } of strip.segments) {
        for (let led = led_start; led < led_start + led_count; led += 1) {
          const area = areaOf(areas, led)
          assertInside(area, window, `LED ${led}`)
          const [left, top, right, bottom] = area
          const at = { left, top, right, bottom }
          assert.is(at[edge], window[edge], `LED ${led} looks at the ${edge} edge`)
        }
      }
    }),
  )
})

properties('of an edge follow each other clockwise', () => {
  fc.assert(
    fc.property(strips, pictures, ({ strip, ledCount }, { size, window }) => {
      const areas = toSampleAreas(strip, ledCount, size, window)
      for (const edge of STRIP_EDGES) {
        let [from, to] = [0, 0]
        for (const [start, end] of listReaches(strip, areas, edge, window)) {
          assert.ok(start >= from && end >= to, `${start} to ${end} comes after ${from} to ${to}`)
          from = start
          to = end
        }
      }
    }),
  )
})

properties('do not look into a gap, but for the pixel it begins or ends in', () => {
  fc.assert(
    fc.property(strips, pictures, ({ strip, ledCount }, { size, window }) => {
      const areas = toSampleAreas(strip, ledCount, size, window)
      for (const { edge, start_percent, end_percent } of strip.gaps) {
        const isHorizontal = edge === 'top' || edge === 'bottom'
        const length = isHorizontal ? window.right - window.left : window.bottom - window.top
        const gapStart = (start_percent / 100) * length
        const gapEnd = (end_percent / 100) * length
        for (const [start, end] of listReaches(strip, areas, edge, window)) {
          const overlap = Math.min(end, gapEnd) - Math.max(start, gapStart)
          assert.ok(overlap < 1 + 1e-6, `${start} to ${end} looks into ${gapStart} to ${gapEnd}`)
        }
      }
    }),
  )
})

properties('of an edge with fewer LEDs than pixels leave out nothing but its gaps', () => {
  fc.assert(
    fc.property(strips, pictures, ({ strip, ledCount }, { size, window }) => {
      const areas = toSampleAreas(strip, ledCount, size, window)
      for (const edge of STRIP_EDGES) {
        const reaches = listReaches(strip, areas, edge, window)
        const isHorizontal = edge === 'top' || edge === 'bottom'
        const length = isHorizontal ? window.right - window.left : window.bottom - window.top
        const gaps = strip.gaps.filter((gap) => gap.edge === edge)
        const free = gaps.reduce((sum, gap) => sum - (gap.end_percent - gap.start_percent) / 100, 1) * length
        // One LED may lie across a gap, and has one side of it only.
        if (reaches.length === 0 || (gaps.length > 0 && reaches.length * 4 > free)) continue
        const longest = free / reaches.length
        const missed = Array.from({ length }, (_, pixel) => pixel).filter(
          (pixel) =>
            !reaches.some(([start, end]) => start <= pixel && pixel < end) &&
            !gaps.some(
              (gap) =>
                pixel + 1 > (gap.start_percent / 100) * length - 1e-6 &&
                pixel < (gap.end_percent / 100) * length,
            ),
        )
        assert.ok(
          missed.length <= gaps.length * (longest / 2 + 1),
          `${edge}: ${missed.join()} of ${length} are missed by ${reaches.length} LEDs`,
        )
      }
    }),
  )
})

const matrices: fc.Arbitrary<Matrix> = fc.record({
  type: fc.constant('matrix' as const),
  columns: fc.integer({ min: 1, max: 40 }),
  rows: fc.integer({ min: 1, max: 40 }),
  first_led: fc.constantFrom('top_left', 'top_right', 'bottom_right', 'bottom_left'),
  runs: fc.constantFrom('rows', 'columns'),
  serpentine: fc.boolean(),
  led_start: fc.nat(30),
})

properties('of a matrix share the window without gap or overlap', () => {
  fc.assert(
    fc.property(matrices, pictures, fc.nat(10), (matrix, { size, window }, spare) => {
      const leds = matrix.columns * matrix.rows
      const areas = toSampleAreas(matrix, matrix.led_start + leds + spare, size, window)
      const width = window.right - window.left
      const height = window.bottom - window.top
      const looks = new Uint32Array(width * height)
      for (let i = 0; i < leds; i += 1) {
        const area = areaOf(areas, matrix.led_start + i)
        assertInside(area, window, `LED ${i}`)
        const [left, top, right, bottom] = area
        for (let y = top; y < bottom; y += 1) {
          for (let x = left; x < right; x += 1) {
            const at = (y - window.top) * width + x - window.left
            looks[at] = (looks[at] ?? 0) + 1
          }
        }
      }
      const hasRoom = matrix.columns <= width && matrix.rows <= height
      if (hasRoom) assert.ok(looks.every((count) => count === 1))
      const named = areas.subarray(matrix.led_start * 4, (matrix.led_start + leds) * 4)
      assert.is(areas.filter(Boolean).length, named.filter(Boolean).length, 'other LEDs look nowhere')
    }),
  )
})

properties('of a serpentine are neighbours from each LED to the next', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const size = { width: matrix.columns, height: matrix.rows }
      const leds = matrix.columns * matrix.rows
      const areas = toSampleAreas({ ...matrix, serpentine: true, led_start: 0 }, leds, size)
      for (let led = 1; led < leds; led += 1) {
        const [x, y] = areaOf(areas, led)
        const [beforeX, beforeY] = areaOf(areas, led - 1)
        assert.is(Math.abs(x - beforeX) + Math.abs(y - beforeY), 1, `LED ${led}`)
      }
    }),
  )
})

properties.run()
