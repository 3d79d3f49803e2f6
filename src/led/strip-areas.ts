import type { Strip, StripEdge, StripGap } from './layout.ts'
import { type PictureWindow, toPixels } from './picture.ts'
import type { SampleAreas } from './sampling.ts'

/** From 0 to 1 along an edge, clockwise. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** LEDs of an edge share what its gaps leave of it evenly. */
export function toStripAreas(strip: Strip, ledCount: number, window: PictureWindow): SampleAreas {
  const areas = new Uint32Array(ledCount * 4)
  const placed: Record<StripEdge, number> = { top: 0, right: 0, bottom: 0, left: 0 }
  for (const { edge, led_start, led_count, reverse } of strip.segments) {
    const total = countOnEdge(strip, edge)
    const free = toFreeStretches(strip.gaps, edge)
    for (let i = 0; i < led_count; i += 1) {
      const led = led_start + (reverse ? led_count - 1 - i : i)
      const place = toPlace(free, placed[edge] + i, total)
      areas.set(toArea(edge, place, strip.border_depth_percent, window), led * 4)
    }
    placed[edge] += led_count
  }
  return areas
}

/** What is left of an edge between its gaps, clockwise. */
export function toFreeStretches(gaps: readonly StripGap[], edge: StripEdge): readonly Stretch[] {
  const onEdge = gaps.filter((gap) => gap.edge === edge).sort((a, b) => a.start_percent - b.start_percent)
  const starts = [0, ...onEdge.map((gap) => gap.end_percent / 100)]
  const ends = [...onEdge.map((gap) => gap.start_percent / 100), 1]
  return starts
    .map((start, index) => ({ start, end: ends[index] ?? 1 }))
    .filter(({ start, end }) => end > start)
}

/**
 * Where LED number `position` of `total` lies. One that would lie across a gap is on the side where
 * its middle is.
 */
export function toPlace(free: readonly Stretch[], position: number, total: number): Stretch {
  const length = free.reduce((sum, { start, end }) => sum + end - start, 0)
  const first = (position * length) / total
  const last = ((position + 1) * length) / total
  let passed = 0
  for (const [index, { start, end }] of free.entries()) {
    const shift = start - passed
    passed += end - start
    if ((first + last) / 2 > passed && index < free.length - 1) continue
    return { start: Math.max(start, first + shift), end: Math.min(end, last + shift) }
  }
  return { start: 0, end: 0 }
}

function countOnEdge(strip: Strip, edge: StripEdge): number {
  return strip.segments.reduce((sum, segment) => sum + (segment.edge === edge ? segment.led_count : 0), 0)
}

function toArea(
  edge: StripEdge,
  { start, end }: Stretch,
  depthPercent: number,
  window: PictureWindow,
): readonly [left: number, top: number, right: number, bottom: number] {
  const isHorizontal = edge === 'top' || edge === 'bottom'
  const across = isHorizontal ? window.bottom - window.top : window.right - window.left
  const depth = Math.max(1, Math.round((across * depthPercent) / 100))
  switch (edge) {
    case 'top': {
      const [left, right] = toPixels(window.left, window.right, start, end)
      return [left, window.top, right, window.top + depth]
    }
    case 'right': {
      const [top, bottom] = toPixels(window.top, window.bottom, start, end)
      return [window.right - depth, top, window.right, bottom]
    }
    case 'bottom': {
      const [right, left] = toPixels(window.right, window.left, start, end)
      return [left, window.bottom - depth, right, window.bottom]
    }
    case 'left': {
      const [bottom, top] = toPixels(window.bottom, window.top, start, end)
      return [window.left, top, window.left + depth, bottom]
    }
  }
}
