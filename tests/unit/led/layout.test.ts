import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STRIP_EDGES, type Strip, type StripEdge, toDefaultStrip } from '../../../src/led/layout.ts'
import type { PictureSize } from '../../../src/led/picture.ts'
import { toSampleAreas } from '../../../src/led/sample-areas.ts'
import type { SampleAreas } from '../../../src/led/sampling.ts'
import { EDGES } from '../../../src/protocol/api-targets.ts'
import { sampleRgb } from '../../support/led-values.ts'

const layout = suite('strip layout')

type Rgb = readonly [number, number, number]

/** Every number of LEDs up to 120, then odd and even ones up to 2,000. */
const LED_COUNTS = [
  ...Array.from({ length: 120 }, (_, i) => i + 1),
  ...[127, 144, 255, 256, 257, 300, 479, 480, 481, 511, 997, 1_000, 1_001, 1_536, 1_999, 2_000],
]
const POISON: Rgb = [9, 9, 9]

function oneEdge(edge: StripEdge, ledCount: number, reverse: boolean, depthPercent = 20): Strip {
  return {
    type: 'strip',
    gaps: [],
    segments: [{ edge, led_start: 0, led_count: ledCount, reverse }],
    border_depth_percent: depthPercent,
  }
}

function colorOf(index: number, edge: StripEdge): Rgb {
  return [index & 255, index >> 8, 40 + STRIP_EDGES.indexOf(edge)]
}

/** The pixel that lies `steps` pixels clockwise from where `edge` begins, on the outermost line. */
function toBorderPixel(edge: StripEdge, steps: number, { width, height }: PictureSize): [number, number] {
  if (edge === 'top') return [steps, 0]
  if (edge === 'right') return [width - 1, steps]
  if (edge === 'bottom') return [width - 1 - steps, height - 1]
  return [0, height - 1 - steps]
}

/** One colour per LED along the outermost line of one edge; everything else is poison. */
function paintEdge(edge: StripEdge, ledCount: number, pixelsPerLed: number, size: PictureSize): Uint8Array {
  const frame = new Uint8Array(size.width * size.height * 3).fill(POISON[0])
  for (let steps = 0; steps < ledCount * pixelsPerLed; steps += 1) {
    const [x, y] = toBorderPixel(edge, steps, size)
    frame.set(colorOf(Math.floor(steps / pixelsPerLed), edge), (y * size.width + x) * 3)
  }
  return frame
}

function toColors(rgb: Uint8Array): Rgb[] {
  return Array.from({ length: rgb.length / 3 }, (_, led) => [
    rgb[led * 3] ?? -1,
    rgb[led * 3 + 1] ?? -1,
    rgb[led * 3 + 2] ?? -1,
  ])
}

function areaOf(areas: SampleAreas, led: number): readonly [number, number, number, number] {
  const [left = -1, top = -1, right = -1, bottom = -1] = areas.subarray(led * 4, led * 4 + 4)
  return [left, top, right, bottom]
}

layout('names the same edges as the worker protocol', () => {
  assert.equal([...STRIP_EDGES], [...EDGES])
})

for (const edge of STRIP_EDGES) {
  for (const reverse of [false, true]) {
    layout(`lights no wrong LED on the ${edge} edge${reverse ? ' reversed' : ''}, 1 to 2,000 LEDs`, () => {
      for (const ledCount of LED_COUNTS) {
        const pixelsPerLed = ledCount > 500 ? 1 : 3
        const length = ledCount * pixelsPerLed
        const isHorizontal = edge === 'top' || edge === 'bottom'
        const size = isHorizontal ? { width: length, height: 5 } : { width: 5, height: length }
        const areas = toSampleAreas(oneEdge(edge, ledCount, reverse), ledCount, size)
        const rgb = sampleRgb(paintEdge(edge, ledCount, pixelsPerLed, size), size.width, areas)

        const expected = Array.from({ length: ledCount }, (_, led) => colorOf(led, edge))
        assert.equal(toColors(rgb), reverse ? expected.reverse() : expected, `${ledCount} LEDs`)
      }
    })
  }
}

layout('covers an edge of any odd size without gap or overlap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...STRIP_EDGES),
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 50 }),
      (edge, ledCount, width, height, depthPercent) => {
        const areas = toSampleAreas(oneEdge(edge, ledCount, false, depthPercent), ledCount, { width, height })
        const isHorizontal = edge === 'top' || edge === 'bottom'
        const lengthPx = isHorizontal ? width : height
        const isBackward = edge === 'bottom' || edge === 'left'
        let reached = 0
        for (let led = 0; led < ledCount; led += 1) {
          const [left, top, right, bottom] = areaOf(areas, led)
          assert.ok(left < right && right <= width && top < bottom && bottom <= height, 'inside the picture')
          const [low, high] = isHorizontal ? [left, right] : [top, bottom]
          const [start, end] = isBackward ? [lengthPx - high, lengthPx - low] : [low, high]
          if (ledCount <= lengthPx) assert.is(start, reached, 'begins where the one before ends')
          else
            assert.ok(start <= reached && end - start === 1, 'with more LEDs than pixels each has one pixel')
          reached = end
        }
        assert.is(reached, lengthPx, 'reaches the corner')
      },
    ),
  )
})

layout('looks as deep as the border depth says, and at least one pixel', () => {
  const size = { width: 200, height: 100 }
  const depthOf = (edge: StripEdge, percent: number): number => {
    const [left, top, right, bottom] = areaOf(toSampleAreas(oneEdge(edge, 1, false, percent), 1, size), 0)
    return edge === 'top' || edge === 'bottom' ? bottom - top : right - left
  }
  assert.equal(
    STRIP_EDGES.map((edge) => depthOf(edge, 15)),
    [15, 30, 15, 30],
  )
  const flat = areaOf(toSampleAreas(oneEdge('top', 1, false, 1), 1, { width: 8, height: 3 }), 0)
  assert.equal(flat, [0, 0, 8, 1])
})

layout('lets the segments of one edge share it, clockwise in the order of the list', () => {
  // A strip that starts in the middle of the bottom edge and goes left: LEDs 0-1, and comes back
  // from the right corner with LEDs 2-3.
  const strip: Strip = {
    type: 'strip',
    gaps: [],
    segments: [
      { edge: 'bottom', led_start: 2, led_count: 2, reverse: false },
      { edge: 'bottom', led_start: 0, led_count: 2, reverse: false },
    ],
    border_depth_percent: 50,
  }
  const areas = toSampleAreas(strip, 4, { width: 80, height: 10 })
  assert.equal(
    [0, 1, 2, 3].map((led) => areaOf(areas, led)),
    [
      [20, 5, 40, 10],
      [0, 5, 20, 10],
      [60, 5, 80, 10],
      [40, 5, 60, 10],
    ],
  )
})

layout('gives an LED that no segment names no area', () => {
  const strip: Strip = {
    type: 'strip',
    gaps: [],
    segments: [{ edge: 'top', led_start: 1, led_count: 1, reverse: false }],
    border_depth_percent: 10,
  }
  const areas = toSampleAreas(strip, 3, { width: 10, height: 10 })
  assert.equal(areaOf(areas, 0), [0, 0, 0, 0])
  assert.equal(areaOf(areas, 1), [0, 0, 10, 1])
  assert.equal(areaOf(areas, 2), [0, 0, 0, 0])
})

layout('goes once around by default, clockwise from the bottom of the left edge', () => {
  assert.equal(
    toDefaultStrip(100).segments.map(({ edge, led_start, led_count }) => [edge, led_start, led_count]),
    [
      ['left', 0, 18],
      ['top', 18, 32],
      ['right', 50, 18],
      ['bottom', 68, 32],
    ],
  )
})

layout('uses every LED exactly once by default, 1 to 2,000 LEDs', () => {
  for (let ledCount = 1; ledCount <= 2_000; ledCount += 1) {
    let next = 0
    for (const { led_start, led_count } of toDefaultStrip(ledCount).segments) {
      assert.is(led_start, next)
      assert.ok(led_count > 0)
      next += led_count
    }
    assert.is(next, ledCount)
  }
})

layout('moves clockwise from each LED to the next by default', () => {
  const size = { width: 1_600, height: 900 }
  for (const ledCount of LED_COUNTS) {
    const strip = toDefaultStrip(ledCount)
    const areas = toSampleAreas(strip, ledCount, size)
    let previous = -1
    for (const { edge, led_start, led_count } of strip.segments) {
      for (let led = led_start; led < led_start + led_count; led += 1) {
        const along = toPerimeterPosition(edge, areaOf(areas, led), size)
        assert.ok(along > previous, `LED ${led} of ${ledCount}`)
        previous = along
      }
    }
  }
})

/** How far the middle of an edge's area is from the bottom left corner, clockwise, in pixels. */
function toPerimeterPosition(
  edge: StripEdge,
  [left, top, right, bottom]: readonly [number, number, number, number],
  { width, height }: PictureSize,
): number {
  const x = (left + right) / 2
  const y = (top + bottom) / 2
  switch (edge) {
    case 'left':
      return height - y
    case 'top':
      return height + x
    case 'right':
      return height + width + y
    case 'bottom':
      return 2 * height + width + (width - x)
  }
}

layout.run()
