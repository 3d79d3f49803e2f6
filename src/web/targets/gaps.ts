import type { StripLayout } from '../api/types.ts'

export type Gap = StripLayout['gaps'][number]

/** So much of an edge a gap takes at least, in per cent. */
const LEAST_PERCENT = 1

/** A gap with one of its ends elsewhere on its edge: not beyond its other end, nor into another gap. */
export function moveGapEnd(
  gaps: readonly Gap[],
  index: number,
  end: 'start' | 'end',
  percent: number,
): readonly Gap[] {
  const gap = gaps[index]
  if (!gap) return gaps
  const others = gaps.filter((other, i) => i !== index && other.edge === gap.edge)
  const before = others.filter((other) => other.end_percent <= gap.start_percent)
  const after = others.filter((other) => other.start_percent >= gap.end_percent)
  const least = Math.max(0, ...before.map((other) => other.end_percent))
  const most = Math.min(100, ...after.map((other) => other.start_percent))
  const rounded = Math.round(percent * 10) / 10
  const moved =
    end === 'start'
      ? { ...gap, start_percent: clamp(rounded, least, gap.end_percent - LEAST_PERCENT) }
      : { ...gap, end_percent: clamp(rounded, gap.start_percent + LEAST_PERCENT, most) }
  return gaps.map((other, i) => (i === index ? moved : other))
}

/** A new gap in the middle of the first edge that has none, from the bottom on: there a stand is. */
export function addGap(gaps: readonly Gap[]): readonly Gap[] {
  const edge = (['bottom', 'top', 'left', 'right'] as const).find((one) =>
    gaps.every((gap) => gap.edge !== one),
  )
  return edge === undefined ? gaps : [...gaps, { edge, start_percent: 42, end_percent: 58 }]
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most))
}
