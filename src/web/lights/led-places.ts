import type { MatrixLayout, StripLayout, Target } from '../api/types.ts'

type Layout = Target['layout']
type Edge = StripLayout['segments'][number]['edge']
type Gap = StripLayout['gaps'][number]

/** Where each LED sits around the picture: x, y from 0 to 1, y downwards; NaN for one that is in no segment. */
export type LedPlaces = Float32Array

/** Places of `ledCount` LEDs, as the server samples them: LEDs of an edge share what its gaps leave, clockwise. */
export function toLedPlaces(layout: Layout, ledCount: number): LedPlaces {
  return layout.type === 'matrix' ? toMatrixPlaces(layout, ledCount) : toStripPlaces(layout, ledCount)
}

/** The middle of each LED's cell. */
function toMatrixPlaces(layout: MatrixLayout, ledCount: number): LedPlaces {
  const { columns, rows, first_led, runs, serpentine, led_start } = layout
  const places = new Float32Array(ledCount * 2).fill(Number.NaN)
  const perRun = runs === 'rows' ? columns : rows
  for (let i = 0; i < columns * rows && led_start + i < ledCount; i += 1) {
    const run = Math.floor(i / perRun)
    const along = serpentine && run % 2 === 1 ? perRun - 1 - (i % perRun) : i % perRun
    const x = ((runs === 'rows' ? along : run) + 0.5) / columns
    const y = ((runs === 'rows' ? run : along) + 0.5) / rows
    const place = [first_led.endsWith('left') ? x : 1 - x, first_led.startsWith('top') ? y : 1 - y]
    places.set(place, (led_start + i) * 2)
  }
  return places
}

function toStripPlaces(layout: StripLayout, ledCount: number): LedPlaces {
  const places = new Float32Array(ledCount * 2).fill(Number.NaN)
  const placed: Record<Edge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  const totals: Record<Edge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  for (const { edge, led_count: count } of layout.segments) totals[edge] += count
  for (const { edge, led_start: start, led_count: count, reverse } of layout.segments) {
    for (let i = 0; i < count; i += 1) {
      const led = start + (reverse ? count - 1 - i : i)
      if (led < ledCount)
        places.set(toPoint(edge, toPart(layout.gaps, edge, placed[edge] + i, totals[edge])), led * 2)
    }
    placed[edge] += count
  }
  return places
}

/**
 * How far along its edge the middle of LED number `position` of `total` is, 0-1: they share what the gaps leave,
 * and one that would lie across a gap keeps to the side where its middle is.
 */
function toPart(gaps: readonly Gap[], edge: Edge, position: number, total: number): number {
  const free = toFreeParts(gaps, edge)
  const length = free.reduce((sum, [start, end]) => sum + end - start, 0)
  const first = (position * length) / total
  const last = ((position + 1) * length) / total
  let passed = 0
  for (const [index, [start, end]] of free.entries()) {
    const shift = start - passed
    passed += end - start
    if ((first + last) / 2 > passed && index < free.length - 1) continue
    return (Math.max(start, first + shift) + Math.min(end, last + shift)) / 2
  }
  return 0.5
}

/** What is left of an edge between its gaps. */
function toFreeParts(gaps: readonly Gap[], edge: Edge): readonly (readonly [start: number, end: number])[] {
  const own = gaps.filter((gap) => gap.edge === edge).sort((a, b) => a.start_percent - b.start_percent)
  const starts = [0, ...own.map((gap) => gap.end_percent / 100)]
  const ends = [...own.map((gap) => gap.start_percent / 100), 1]
  return starts.map((start, i) => [start, ends[i] ?? 1] as const).filter(([start, end]) => end > start)
}

/** How many LEDs a layout speaks of. */
export function countLeds(layout: Layout): number {
  if (layout.type === 'matrix') return layout.led_start + layout.columns * layout.rows
  return layout.segments.reduce((most, { led_start, led_count }) => Math.max(most, led_start + led_count), 0)
}

/** A place on an edge, `part` of it (0-1) clockwise from its beginning. */
export function toPoint(edge: Edge, part: number): readonly [x: number, y: number] {
  switch (edge) {
    case 'top':
      return [part, 0]
    case 'right':
      return [1, part]
    case 'bottom':
      return [1 - part, 1]
    case 'left':
      return [0, 1 - part]
  }
}
