import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findLayoutProblems } from '../../../src/led/validate-layout.ts'
import { MAX_LEDS } from '../../../src/protocol/api-devices.ts'
import { Layout } from '../../../src/protocol/api-targets.ts'

/** The API refuses a field by its schema, the light by its own rules: they must not differ. */
const limits = suite('limits of layouts')

const NUMBERS = [
  ...[-1, -0.5, 0, 0.5, 1, 1.5, 30, 49.5, 50, 50.5, 99.5, 100, 100.5],
  ...[MAX_LEDS - 1, MAX_LEDS, MAX_LEDS + 1, Number.NaN, Number.POSITIVE_INFINITY],
]

const SEGMENT = { edge: 'top', led_start: 0, led_count: 1, reverse: false }
const GAP = { edge: 'top', start_percent: 0, end_percent: 100 }
const STRIP = { type: 'strip', segments: [SEGMENT], gaps: [], border_depth_percent: 10 }
const MATRIX = {
  type: 'matrix',
  columns: 1,
  rows: 1,
  first_led: 'top_left',
  runs: 'rows',
  serpentine: true,
  led_start: 0,
}

/** One field of a layout that is right otherwise. */
const FIELDS: Readonly<Record<string, (value: unknown) => object>> = {
  'segments.0.edge': (edge) => ({ ...STRIP, segments: [{ ...SEGMENT, edge }] }),
  'segments.0.led_start': (value) => ({ ...STRIP, segments: [{ ...SEGMENT, led_start: value }] }),
  'segments.0.led_count': (value) => ({ ...STRIP, segments: [{ ...SEGMENT, led_count: value }] }),
  'gaps.0.edge': (edge) => ({ ...STRIP, gaps: [{ ...GAP, end_percent: 50, edge }] }),
  'gaps.0.start_percent': (value) => ({ ...STRIP, gaps: [{ ...GAP, edge: 'left', start_percent: value }] }),
  'gaps.0.end_percent': (value) => ({ ...STRIP, gaps: [{ ...GAP, edge: 'left', end_percent: value }] }),
  border_depth_percent: (value) => ({ ...STRIP, border_depth_percent: value }),
  columns: (value) => ({ ...MATRIX, columns: value }),
  rows: (value) => ({ ...MATRIX, rows: value }),
  led_start: (value) => ({ ...MATRIX, led_start: value }),
}

for (const [field, toLayout] of Object.entries(FIELDS)) {
  limits(`are the same in the API and in the light: ${field}`, () => {
    const values = field.endsWith('edge') ? ['top', 'right', 'bottom', 'left', 'front', ''] : NUMBERS
    let refused = 0
    for (const value of values) {
      const layout = toLayout(value)
      const { success: isTaken } = Layout.safeParse(layout)
      // That a gap has a length is no limit of one field.
      const problems = findLayoutProblems(layout as Layout, MAX_LEDS).filter(
        ({ message }) => !message.includes('start_percent'),
      )
      assert.is(problems.length === 0, isTaken, `${value}: ${problems[0]?.message}`)
      if (!isTaken) refused += 1
    }
    assert.ok(refused > 0 && refused < values.length)
  })
}

limits.run()
