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

/** A part of an edge without LEDs, in per cent of its length, counted clockwise. */
export interface StripGap {
  readonly edge: StripEdge
  readonly start_percent: number
  readonly end_percent: number
}

/** LEDs along the edges of the picture. */
export interface Strip {
  readonly type: 'strip'
  readonly segments: readonly StripSegment[]
  /** How deep into the picture an LED looks, in per cent of its height or width, 1-50. */
  readonly border_depth_percent: number
  readonly gaps: readonly StripGap[]
}

/** LEDs all over the picture, in rows or columns from one of its corners. */
export interface Matrix {
  readonly type: 'matrix'
  readonly columns: number
  readonly rows: number
  readonly first_led: 'top_left' | 'top_right' | 'bottom_right' | 'bottom_left'
  readonly runs: 'rows' | 'columns'
  /** Every second run goes back the way it came. */
  readonly serpentine: boolean
  readonly led_start: number
}

export type LedLayout = Strip | Matrix

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
  return { type: 'strip', segments, gaps: [], border_depth_percent: 10 }
}
