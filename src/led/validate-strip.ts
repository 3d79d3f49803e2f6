import { STRIP_EDGES, type Strip, type StripSegment } from './layout.ts'

/** One thing that is wrong with a layout. */
export interface StripProblem {
  /** Path inside the layout: `segments.1.led_count`. */
  readonly field: string
  /** Goes on from the field's name: `must be a whole number of at least 1`. */
  readonly message: string
}

/** Everything that is wrong with a layout for a device of `ledCount` LEDs; empty when nothing is. */
export function findStripProblems(strip: Strip, ledCount: number): readonly StripProblem[] {
  const problems: StripProblem[] = []
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
  return [...problems, ...findOverlaps(strip.segments, usable)]
}

function findSegmentProblems(segment: StripSegment, path: string, ledCount: number): StripProblem[] {
  const problems: StripProblem[] = []
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
function findOverlaps(segments: readonly StripSegment[], usable: readonly number[]): StripProblem[] {
  const problems: StripProblem[] = []
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
