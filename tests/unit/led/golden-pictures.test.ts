import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LedLayout, StripEdge, StripSegment } from '../../../src/led/layout.ts'
import { LedPipeline } from '../../../src/led/led-pipeline.ts'
import type { PictureSize } from '../../../src/led/picture.ts'
import { PictureLight } from '../../../src/led/picture-light.ts'
import { NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'

/**
 * Pictures in which every LED has a colour of its own at the place where it hangs, found by walking along
 * the wire pixel by pixel, and a poison everywhere else.
 */
const golden = suite('golden pictures')

type Point = readonly [x: number, y: number]

const POISON = [77, 77, 77] as const
const PICTURE = [120, 110, 100] as const
const CORNERS = ['top_left', 'top_right', 'bottom_right', 'bottom_left'] as const
type Corner = (typeof CORNERS)[number]

/** Bars in pixels above and below, and at the sides. */
const BARS: Readonly<Record<string, Point>> = {
  full: [0, 0],
  letterbox: [0, 14],
  pillarbox: [22, 0],
  both: [16, 11],
}

/** A picture inside bars. */
class Canvas {
  readonly size: PictureSize
  readonly frame: Uint8Array
  readonly #bars: Point

  constructor(inner: PictureSize, bars: Point = [0, 0], fill: readonly number[] = PICTURE) {
    this.size = { width: inner.width + 2 * bars[0], height: inner.height + 2 * bars[1] }
    this.frame = new Uint8Array(this.size.width * this.size.height * 3)
    this.#bars = bars
    for (let y = 0; y < inner.height; y += 1) for (let x = 0; x < inner.width; x += 1) this.set([x, y], fill)
  }

  set([x, y]: Point, color: readonly number[]): void {
    this.frame.set(color, ((y + this.#bars[1]) * this.size.width + x + this.#bars[0]) * 3)
  }
}

function colorOf(led: number): readonly number[] {
  return [led & 255, led >> 8, 200]
}

function show(layout: LedLayout, ledCount: number, canvas: Canvas): Uint8Array {
  const processing = { ...NEUTRAL_PROCESSING, skip_black_bars: true }
  const picture = new PictureLight(canvas.size)
  const pipeline = new LedPipeline({ layout, processing, ledCount, picture })
  // Long enough for the bars to be found.
  for (const nowMs of [0, 500, 1_000, 1_500]) {
    picture.take(canvas.frame, nowMs)
    pipeline.take(nowMs)
  }
  pipeline.render(1_500)
  pipeline.render(2_000)
  return pipeline.colors
}

function assertLed(colors: Uint8Array, led: number, what: string): void {
  const shown = [...colors.subarray(led * 3, led * 3 + 3)]
  if (shown.join() !== colorOf(led).join()) assert.unreachable(`${what}: LED ${led} shows ${shown.join()}`)
}

/** Which edges the wire runs along from a corner, and whether with the clock. */
function toWire(corner: Corner, isClockwise: boolean): readonly StripEdge[] {
  const clockwise: Readonly<Record<Corner, readonly StripEdge[]>> = {
    top_left: ['top', 'right', 'bottom', 'left'],
    top_right: ['right', 'bottom', 'left', 'top'],
    bottom_right: ['bottom', 'left', 'top', 'right'],
    bottom_left: ['left', 'top', 'right', 'bottom'],
  }
  return isClockwise ? clockwise[corner] : clockwise[corner].toReversed()
}

/** The outermost pixels of an edge in the direction of the wire. */
function walk(edge: StripEdge, { width, height }: PictureSize, isClockwise: boolean): readonly Point[] {
  const isHorizontal = edge === 'top' || edge === 'bottom'
  const line = Array.from({ length: isHorizontal ? width : height }, (_, i): Point => {
    if (edge === 'top') return [i, 0]
    if (edge === 'bottom') return [i, height - 1]
    return [edge === 'left' ? 0 : width - 1, i]
  })
  // From left to right and from top to bottom is with the clock at the top and at the right.
  const isForward = (edge === 'top' || edge === 'right') === isClockwise
  return isForward ? line : line.toReversed()
}

for (const [kind, bars] of Object.entries(BARS)) {
  for (const corner of CORNERS) {
    for (const isClockwise of [true, false]) {
      const way = isClockwise ? 'with the clock' : 'against the clock'
      golden(`${kind}, once around from the ${corner.replace('_', ' ')} ${way}`, () => {
        const counts = { top: 31, right: 17, bottom: 31, left: 17 }
        const inner = { width: 31 * 3, height: 17 * 3 }
        const segments: StripSegment[] = []
        const drawn: (readonly [StripEdge, number])[] = []
        let led = 0
        for (const edge of toWire(corner, isClockwise)) {
          segments.push({ edge, led_start: led, led_count: counts[edge], reverse: !isClockwise })
          drawn.push([edge, led])
          led += counts[edge]
        }
        const layout = { type: 'strip', segments, gaps: [], border_depth_percent: 1 } as const
        // Corners belong to two edges: each edge has a picture of its own.
        for (const [edge, first] of drawn) {
          const canvas = new Canvas(inner, bars)
          walk(edge, inner, isClockwise).forEach((point, i) => {
            canvas.set(point, colorOf(first + Math.floor(i / 3)))
          })
          const colors = show(layout, led, canvas)
          for (let i = 0; i < counts[edge]; i += 1) assertLed(colors, first + i, edge)
        }
      })
    }
  }
}

golden('a gap for the stand in the middle, or from a corner, at any edge', () => {
  for (const edge of ['top', 'right', 'bottom', 'left'] as const) {
    for (const [start, end] of [
      [40, 60],
      [0, 20],
      [90, 100],
    ] as const) {
      for (const isClockwise of [true, false]) {
        const inner = { width: 200, height: 200 }
        const points = walk(edge, inner, isClockwise)
        const share = (index: number): number =>
          (isClockwise ? index : points.length - 1 - index) / points.length
        const free = points.filter((_, i) => share(i) < start / 100 || share(i) >= end / 100)
        const ledCount = free.length / 4
        const canvas = new Canvas(inner, [0, 0], POISON)
        free.forEach((point, i) => {
          canvas.set(point, colorOf(Math.floor(i / 4)))
        })
        const layout: LedLayout = {
          type: 'strip',
          segments: [{ edge, led_start: 0, led_count: ledCount, reverse: !isClockwise }],
          gaps: [{ edge, start_percent: start, end_percent: end }],
          border_depth_percent: 0.5,
        }
        const colors = show(layout, ledCount, canvas)
        for (let led = 0; led < ledCount; led += 1) assertLed(colors, led, `${edge} ${start} to ${end}`)
      }
    }
  }
})

golden('a matrix from any corner, along rows or columns, to and fro or always the same way', () => {
  for (const [columns, rows] of [
    [16, 9],
    [7, 5],
    [1, 12],
    [50, 40],
  ] as const) {
    for (const first_led of CORNERS) {
      for (const runs of ['rows', 'columns'] as const) {
        for (const serpentine of [true, false]) {
          const canvas = new Canvas({ width: columns * 3, height: rows * 3 }, [0, 0], POISON)
          // A head that moves along the wire.
          let x = first_led.endsWith('left') ? 0 : columns - 1
          let y = first_led.startsWith('top') ? 0 : rows - 1
          const home = [x, y] as const
          let stepX = x === 0 ? 1 : -1
          let stepY = y === 0 ? 1 : -1
          for (let led = 0; led < columns * rows; led += 1) {
            for (let i = 0; i < 9; i += 1)
              canvas.set([x * 3 + (i % 3), y * 3 + Math.floor(i / 3)], colorOf(led))
            const isEnd = (led + 1) % (runs === 'rows' ? columns : rows) === 0
            if (runs === 'rows') {
              if (!isEnd) x += stepX
              else {
                y += stepY
                if (serpentine) stepX = -stepX
                else x = home[0]
              }
            } else if (!isEnd) y += stepY
            else {
              x += stepX
              if (serpentine) stepY = -stepY
              else y = home[1]
            }
          }
          const layout: LedLayout = {
            type: 'matrix',
            columns,
            rows,
            first_led,
            runs,
            serpentine,
            led_start: 0,
          }
          const colors = show(layout, columns * rows, canvas)
          for (let led = 0; led < columns * rows; led += 1) {
            assertLed(colors, led, `${columns} x ${rows}, ${first_led}, ${runs}, ${serpentine}`)
          }
        }
      }
    }
  }
})

golden('a matrix that begins at a later LED leaves those before it dark', () => {
  const canvas = new Canvas({ width: 4, height: 4 })
  const layout: LedLayout = {
    type: 'matrix',
    columns: 2,
    rows: 2,
    first_led: 'top_left',
    runs: 'rows',
    serpentine: false,
    led_start: 3,
  }
  assert.equal(
    [...show(layout, 8, canvas)],
    [
      ...new Array(9).fill(0),
      ...Array.from({ length: 4 }, () => [...PICTURE]).flat(),
      ...new Array(3).fill(0),
    ],
  )
})

golden('odd sizes, and up to 2,000 LEDs around', () => {
  for (const [across, down, pixelsPerLed] of [
    [1, 1, 41],
    [3, 2, 13],
    [61, 37, 2],
    [640, 360, 1],
  ] as const) {
    const inner = { width: across * pixelsPerLed, height: down * pixelsPerLed }
    const edges = ['left', 'top', 'right', 'bottom'] as const
    const counts = { top: across, bottom: across, left: down, right: down }
    let led = 0
    const segments = edges.map((edge) => {
      const segment = { edge, led_start: led, led_count: counts[edge], reverse: false }
      led += counts[edge]
      return segment
    })
    const layout: LedLayout = { type: 'strip', segments, gaps: [], border_depth_percent: 0.1 }
    for (const { edge, led_start, led_count } of segments) {
      const canvas = new Canvas(inner)
      walk(edge, inner, true).forEach((point, i) => {
        canvas.set(point, colorOf(led_start + Math.floor(i / pixelsPerLed)))
      })
      const colors = show(layout, led, canvas)
      for (let i = 0; i < led_count; i += 1) assertLed(colors, led_start + i, `${across} x ${down}, ${edge}`)
    }
  }
})

golden.run()
