import { STRIP_EDGES, type Strip, type StripGap, type StripSegment } from './layout.ts'
import { toFreeStretches } from './strip-areas.ts'

/** One thing that is wrong with a layout. */
export interface LayoutProblem {
  /** Path inside the layout: `segments.1.led_count`. */
  readonly field: string
  /** Goes on from the field's name: `must be a whole number of at least 1`. */
  readonly message: string
}

/** Everything that is wrong with a strip for a device of `ledCount` LEDs; empty when nothing is. */
export function findStripProblems(strip: Strip, ledCount: number): readonly LayoutProblem[] {
  const problems: LayoutProblem[] = []
  const depth = strip.border_depth_percent
  if (!(depth >= 1 && depth <= 50)) {
    problems.push({ field: 'border_depth_percent', message: 'must be a number from 1 to 50' })
  }
  if (strip.segments.length === 0) {
    problems.push({ field: 'segments', message: 'must name at least one run of LEDs' })
  }
  const usable: number[] = []
  strip.segments.forEach((segment, index) => {
    const found = findSegmentProblems(segment, `segments.${index}`, ledCount)
    problems.push(...found)
    if (found.length === 0) usable.push(index)
  })
  return [...problems, ...findOverlaps(strip.segments, usable), ...findGapProblems(strip)]
}

const PERCENT_FIELDS = ['start_percent', 'end_percent'] as const

function findGapProblems({ gaps, segments }: Strip): LayoutProblem[] {
  return gaps.flatMap((gap, index) => {
    const { edge, start_percent: start, end_percent: end } = gap
    const path = `gaps.${index}`
    if (!STRIP_EDGES.includes(edge)) {
      return [{ field: `${path}.edge`, message: `must be one of ${STRIP_EDGES.join(', ')}` }]
    }
    const wrong = PERCENT_FIELDS.filter((field) => !(gap[field] >= 0 && gap[field] <= 100))
    if (wrong.length > 0) {
      return wrong.map((field) => ({ field: `${path}.${field}`, message: 'must be a number from 0 to 100' }))
    }
    if (end <= start) {
      return [{ field: `${path}.end_percent`, message: 'must be more than start_percent' }]
    }
    const other = gaps.findIndex((one, at) => at < index && isOverlapping(one, gap))
    if (other >= 0) {
      return [{ field: `${path}.start_percent`, message: `begins inside gaps.${other}, or reaches into it` }]
    }
    const isLast = !gaps.some((one, at) => at > index && one.edge === edge)
    const isLit = segments.some((segment) => segment.edge === edge)
    if (isLast && isLit && toFreeStretches(gaps, edge).length === 0) {
      return [{ field: `${path}.end_percent`, message: `leaves no room for the LEDs of the ${edge} edge` }]
    }
    return []
  })
}

function isOverlapping(a: StripGap, b: StripGap): boolean {
  return a.edge === b.edge && a.start_percent < b.end_percent && b.start_percent < a.end_percent
}

function findSegmentProblems(segment: StripSegment, path: string, ledCount: number): LayoutProblem[] {
  const problems: LayoutProblem[] = []
  const { edge, led_start, led_count } = segment
  if (!STRIP_EDGES.includes(edge)) {
    problems.push({ field: `${path}.edge`, message: `must be one of ${STRIP_EDGES.join(', ')}` })
  }
  const hasStart = Number.isSafeInteger(led_start) && led_start >= 0
  if (!hasStart) {
    problems.push({ field: `${path}.led_start`, message: 'must be a whole number of at least 0' })
  }
  const hasCount = Number.isSafeInteger(led_count) && led_count >= 1
  if (!hasCount) {
    problems.push({ field: `${path}.led_count`, message: 'must be a whole number of at least 1' })
  }
  if (hasStart && hasCount && led_start + led_count > ledCount) {
    problems.push({
      field: `${path}.led_count`,
      message: `reaches LED ${led_start + led_count - 1}, but the last LED of the device is ${ledCount - 1}`,
    })
  }
  return problems
}

/** Each segment that takes LEDs of an earlier one in the list, with the earlier one named. */
function findOverlaps(segments: readonly StripSegment[], usable: readonly number[]): LayoutProblem[] {
  const problems: LayoutProblem[] = []
  const owners = new Map<number, number>()
  for (const index of usable) {
    const segment = segments[index]
    if (!segment) continue
    const clashes = new Map<number, { first: number; last: number }>()
    for (let led = segment.led_start; led < segment.led_start + segment.led_count; led += 1) {
      const owner = owners.get(led)
      if (owner === undefined) owners.set(led, index)
      else clashes.set(owner, { first: clashes.get(owner)?.first ?? led, last: led })
    }
    for (const [owner, { first, last }] of clashes) {
      const leds = first === last ? `LED ${first}, which` : `LEDs ${first} to ${last}, which`
      problems.push({
        field: `segments.${index}.led_start`,
        message: `takes ${leds} segments.${owner} already has`,
      })
    }
  }
  return problems
}
