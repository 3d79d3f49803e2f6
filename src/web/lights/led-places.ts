import type { Target } from '../api/types.ts'

type Layout = Target['layout']
type Edge = Layout['segments'][number]['edge']

/** Where each LED sits around the picture: x, y from 0 to 1, y downwards; NaN for one that is in no segment. */
export type LedPlaces = Float32Array

/** Places of `ledCount` LEDs, as the server samples them: LEDs of an edge share it evenly, clockwise. */
export function toLedPlaces(layout: Layout, ledCount: number): LedPlaces {
  const places = new Float32Array(ledCount * 2).fill(Number.NaN)
  const placed: Record<Edge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  const totals: Record<Edge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  for (const { edge, led_count: count } of layout.segments) totals[edge] += count
  for (const { edge, led_start: start, led_count: count, reverse } of layout.segments) {
    for (let i = 0; i < count; i += 1) {
      const led = start + (reverse ? count - 1 - i : i)
      if (led < ledCount) places.set(toPoint(edge, (placed[edge] + i + 0.5) / totals[edge]), led * 2)
    }
    placed[edge] += count
  }
  return places
}

/** How many LEDs a layout speaks of. */
export function countLeds(layout: Layout): number {
  return layout.segments.reduce((most, { led_start, led_count }) => Math.max(most, led_start + led_count), 0)
}

/** A place on an edge, `part` of it (0-1) clockwise from its beginning. */
function toPoint(edge: Edge, part: number): readonly [x: number, y: number] {
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
