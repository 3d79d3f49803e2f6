import type { StripLayout } from '../api/types.ts'

type Segment = StripLayout['segments'][number]

/** The edges clockwise, from the bottom left corner. */
export const RING_EDGES = ['left', 'top', 'right', 'bottom'] as const
export type RingEdge = (typeof RING_EDGES)[number]

/**
 * A strip once around the picture, as people think of it: how many LEDs on each edge, where the first one
 * is, and which way round. Places are counted clockwise from the bottom left corner.
 */
export interface Ring {
  readonly counts: Readonly<Record<RingEdge, number>>
  /** The place of LED 0. */
  readonly start: number
  readonly isClockwise: boolean
}

/** All LEDs once around, clockwise from the bottom left, as the edges of a 16:9 screen are long. */
export function toUsualRing(ledCount: number): Ring {
  const ends = [9, 9 + 16, 9 + 16 + 9, 50].map((length) => Math.round((ledCount * length) / 50))
  const [left = 0, top = 0, right = 0, bottom = 0] = ends.map((end, i) => end - (ends[i - 1] ?? 0))
  return { counts: { left, top, right, bottom }, start: 0, isClockwise: true }
}

export function countRing({ counts }: Ring): number {
  return RING_EDGES.reduce((sum, edge) => sum + counts[edge], 0)
}

/** The segments of a ring, in their order clockwise; two on the edge where the strip begins in the middle. */
export function toSegments(ring: Ring): readonly Segment[] {
  const total = countRing(ring)
  const segments: Segment[] = []
  let place = 0
  for (const edge of RING_EDGES) {
    let current: Segment | undefined
    for (let i = 0; i < ring.counts[edge]; i += 1, place += 1) {
      const led = ledAt(ring, place, total)
      const isNext =
        current && (ring.isClockwise ? current.led_start + current.led_count : current.led_start - 1) === led
      if (current && isNext) {
        current = {
          ...current,
          led_start: Math.min(current.led_start, led),
          led_count: current.led_count + 1,
        }
        segments[segments.length - 1] = current
      } else {
        current = { edge, led_start: led, led_count: 1, reverse: !ring.isClockwise }
        segments.push(current)
      }
    }
  }
  return segments
}

/** The ring a layout is; undefined for one that is none: with gaps in its numbers, or the same LED twice. */
export function fromSegments(segments: readonly Segment[]): Ring | undefined {
  const counts: Record<RingEdge, number> = { left: 0, top: 0, right: 0, bottom: 0 }
  for (const { edge, led_count: count } of segments) counts[edge] += count
  // One LED alone runs neither way.
  const isClockwise = !(segments.find(({ led_count: count }) => count > 1) ?? segments[0])?.reverse
  const ring: Ring = { counts, start: findStart(segments), isClockwise }
  return sameLights(toSegments(ring), segments) ? ring : undefined
}

/** The place of a corner moved by `delta` LEDs clockwise: LEDs change from the edge after it to the one before. */
export function moveCorner(ring: Ring, before: RingEdge, delta: number): Ring {
  const after = edgeAfter(before)
  const room = ring.counts[before] + ring.counts[after]
  const count = Math.min(room, Math.max(0, ring.counts[before] + Math.round(delta)))
  return { ...ring, counts: { ...ring.counts, [before]: count, [after]: room - count } }
}

/** LED 0 at another place, counted clockwise from the bottom left. */
export function moveStart(ring: Ring, place: number): Ring {
  const total = countRing(ring)
  return total === 0 ? ring : { ...ring, start: ((Math.round(place) % total) + total) % total }
}

export function edgeAfter(edge: RingEdge): RingEdge {
  return RING_EDGES[(RING_EDGES.indexOf(edge) + 1) % RING_EDGES.length] ?? 'left'
}

function ledAt({ start, isClockwise }: Ring, place: number, total: number): number {
  const steps = isClockwise ? place - start : start - place
  return ((steps % total) + total) % total
}

function findStart(segments: readonly Segment[]): number {
  const ordered = RING_EDGES.flatMap((edge) => segments.filter((segment) => segment.edge === edge))
  let place = 0
  for (const { led_start: start, led_count: count, reverse } of ordered) {
    if (start === 0) return reverse ? place + count - 1 : place
    place += count
  }
  return 0
}

function sameLights(made: readonly Segment[], given: readonly Segment[]): boolean {
  const text = (segments: readonly Segment[]): string =>
    RING_EDGES.map((edge) =>
      segments
        .filter((segment) => segment.edge === edge)
        .flatMap(listLeds)
        .join(),
    ).join(';')
  return text(made) === text(given)
}

function listLeds({ led_start: start, led_count: count, reverse }: Segment): readonly number[] {
  const leds = Array.from({ length: count }, (_, i) => start + i)
  return reverse ? leds.reverse() : leds
}
