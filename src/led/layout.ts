import type { PictureSize } from './picture.ts'

export const STRIP_EDGES = ['top', 'right', 'bottom', 'left'] as const
export type StripEdge = (typeof STRIP_EDGES)[number]

/**
 * A run of LEDs along one edge, numbered clockwise seen from the front unless `reverse`. Segments of
 * one edge share it by their LED counts; their order in the list is their order clockwise, so a
 * strip that starts in the middle of an edge is two segments.
 */
export interface StripSegment {
  readonly edge: StripEdge
  readonly led_start: number
  readonly led_count: number
  readonly reverse: boolean
}

export interface Strip {
  readonly segments: readonly StripSegment[]
  /** How deep into the picture an LED looks, in per cent of its height or width, 1-50. */
  readonly border_depth_percent: number
}

/**
 * Where each LED looks: four numbers per LED, left, top, right, bottom in pixels, right and bottom
 * exclusive. All four are 0 for an LED that no segment names: it stays dark.
 */
export type SampleAreas = Uint32Array

/**
 * The areas of `ledCount` LEDs in a picture. The areas of one edge touch and cover it from corner to
 * corner; with more LEDs than pixels, neighbours share a pixel, and each still has one.
 */
export function toSampleAreas(strip: Strip, ledCount: number, size: PictureSize): SampleAreas {
  const areas = new Uint32Array(ledCount * 4)
  const placed: Record<StripEdge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  for (const segment of strip.segments) {
    const totalOnEdge = countOnEdge(strip, segment.edge)
    for (let i = 0; i < segment.led_count; i += 1) {
      const led = segment.led_start + (segment.reverse ? segment.led_count - 1 - i : i)
      const position = placed[segment.edge] + i
      areas.set(toArea(segment.edge, position, totalOnEdge, strip.border_depth_percent, size), led * 4)
    }
    placed[segment.edge] += segment.led_count
  }
  return areas
}

/**
 * The strip most people have: once around the picture, clockwise seen from the front, LED 0 at the
 * bottom of the left edge. The edges get LEDs as their lengths on a 16:9 screen; with very few
 * LEDs an edge may get none.
 */
export function toDefaultStrip(ledCount: number): Strip {
  const edges: readonly (readonly [StripEdge, number])[] = [
    ['left', 9],
    ['top', 9 + 16],
    ['right', 9 + 16 + 9],
    ['bottom', 9 + 16 + 9 + 16],
  ]
  const segments: StripSegment[] = []
  let led_start = 0
  for (const [edge, lengthSoFar] of edges) {
    // Rounding the end of each edge, not its length, makes the counts add up to all LEDs.
    const end = Math.round((ledCount * lengthSoFar) / 50)
    if (end > led_start) segments.push({ edge, led_start, led_count: end - led_start, reverse: false })
    led_start = end
  }
  return { segments, border_depth_percent: 10 }
}

function countOnEdge(strip: Strip, edge: StripEdge): number {
  return strip.segments.reduce((sum, segment) => sum + (segment.edge === edge ? segment.led_count : 0), 0)
}

/** The area of LED number `position` of `total` on an edge, both counted clockwise. */
function toArea(
  edge: StripEdge,
  position: number,
  total: number,
  depthPercent: number,
  size: PictureSize,
): readonly [number, number, number, number] {
  const { width, height } = size
  const isHorizontal = edge === 'top' || edge === 'bottom'
  const lengthPx = isHorizontal ? width : height
  const start = Math.floor((position * lengthPx) / total)
  const end = Math.max(start + 1, Math.floor(((position + 1) * lengthPx) / total))
  const depth = Math.max(1, Math.round(((isHorizontal ? height : width) * depthPercent) / 100))
  switch (edge) {
    case 'top':
      return [start, 0, end, depth]
    case 'right':
      return [width - depth, start, width, end]
    case 'bottom':
      return [width - end, height - depth, width - start, height]
    case 'left':
      return [0, height - end, depth, height - start]
  }
}
