import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Strip, type StripSegment, toDefaultStrip } from '../../../src/led/layout.ts'
import { findStripProblems } from '../../../src/led/validate-strip.ts'

const validate = suite('strip validation')

function segment(changes: Partial<StripSegment> = {}): StripSegment {
  return { edge: 'top', led_start: 0, led_count: 10, reverse: false, ...changes }
}

function fieldsOf(strip: Strip, ledCount: number): string[] {
  return findStripProblems(strip, ledCount).map(({ field }) => field)
}

validate('accepts every default layout', () => {
  for (let ledCount = 1; ledCount <= 2_000; ledCount += 1) {
    assert.equal(findStripProblems(toDefaultStrip(ledCount), ledCount), [])
  }
})

validate('refuses a border depth outside 1-50', () => {
  for (const border_depth_percent of [0, 50.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(
      fieldsOf({ type: 'strip' as const, gaps: [], segments: [segment()], border_depth_percent }, 10),
      ['border_depth_percent'],
    )
  }
})

validate('refuses a layout without segments', () => {
  assert.equal(fieldsOf({ type: 'strip' as const, gaps: [], segments: [], border_depth_percent: 10 }, 10), [
    'segments',
  ])
})

validate('refuses an edge that does not exist', () => {
  const strip = {
    type: 'strip' as const,
    gaps: [],
    segments: [segment({ edge: 'middle' as 'top' })],
    border_depth_percent: 10,
  }
  assert.equal(findStripProblems(strip, 10), [
    { field: 'segments.0.edge', message: 'must be one of top, right, bottom, left' },
  ])
})

validate('refuses a start or count that is no whole number in range', () => {
  const broken: [Partial<StripSegment>, string][] = [
    [{ led_start: -1 }, 'segments.0.led_start'],
    [{ led_start: 0.5 }, 'segments.0.led_start'],
    [{ led_count: 0 }, 'segments.0.led_count'],
    [{ led_count: 2.5 }, 'segments.0.led_count'],
    [{ led_count: Number.NaN }, 'segments.0.led_count'],
  ]
  for (const [changes, field] of broken) {
    assert.equal(
      fieldsOf(
        { type: 'strip' as const, gaps: [], segments: [segment(changes)], border_depth_percent: 10 },
        100,
      ),
      [field],
    )
  }
})

validate('says which LED is beyond the end of the device', () => {
  const strip = {
    type: 'strip' as const,
    gaps: [],
    segments: [segment({ led_start: 5 })],
    border_depth_percent: 10,
  }
  assert.equal(findStripProblems(strip, 14), [
    { field: 'segments.0.led_count', message: 'reaches LED 14, but the last LED of the device is 13' },
  ])
  assert.equal(findStripProblems(strip, 15), [])
})

validate('says which LEDs two segments both take', () => {
  const segments = [
    segment(),
    segment({ edge: 'right', led_start: 8 }),
    segment({ edge: 'left', led_start: 17, led_count: 1 }),
  ]
  assert.equal(findStripProblems({ type: 'strip', gaps: [], segments, border_depth_percent: 10 }, 18), [
    { field: 'segments.1.led_start', message: 'takes LEDs 8 to 9, which segments.0 already has' },
    { field: 'segments.2.led_start', message: 'takes LED 17, which segments.1 already has' },
  ])
})

validate('lists all problems at once', () => {
  const segments = [segment({ led_start: -1, led_count: 0 }), segment(), segment({ led_start: 9 })]
  assert.equal(fieldsOf({ type: 'strip', gaps: [], segments, border_depth_percent: 0 }, 19), [
    'border_depth_percent',
    'segments.0.led_start',
    'segments.0.led_count',
    'segments.2.led_start',
  ])
})

validate('finds an overlap exactly when two segments share an LED', () => {
  const range = fc.record({ led_start: fc.nat(30), led_count: fc.integer({ min: 1, max: 10 }) })
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
      const leds = ranges.flatMap(({ led_start, led_count }) =>
        Array.from({ length: led_count }, (_, i) => led_start + i),
      )
      const overlaps = new Set(leds).size < leds.length
      const strip = {
        type: 'strip' as const,
        gaps: [],
        segments: ranges.map((r) => segment(r)),
        border_depth_percent: 10,
      }
      assert.is(findStripProblems(strip, 40).length > 0, overlaps)
    }),
  )
})

validate.run()
