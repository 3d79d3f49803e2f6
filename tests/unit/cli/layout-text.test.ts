import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toLayoutText } from '../../../src/cli/layout-text.ts'
import { Layout } from '../../../src/protocol/api-targets.ts'

const texts = suite('layouts in words')

texts('name the LEDs of each edge in their order clockwise, and the gaps', () => {
  const layout = Layout.parse({
    segments: [
      { edge: 'left', led_start: 0, led_count: 18 },
      { edge: 'bottom', led_start: 18, led_count: 10, reverse: true },
      { edge: 'top', led_start: 28, led_count: 1 },
    ],
    gaps: [{ edge: 'bottom', start_percent: 42, end_percent: 58.5 }],
  })
  assert.is(toLayoutText(layout), 'left 0-17, bottom 27-18, top 28, gap bottom 42-58.5 %, 10 % deep')
})

texts('say how the wire of a matrix runs', () => {
  const matrix = { type: 'matrix', columns: 16, rows: 9 }
  assert.is(
    toLayoutText(Layout.parse(matrix)),
    'matrix of 16 x 9, LEDs 0-143 from the top left along rows, to and fro',
  )
  assert.is(
    toLayoutText(
      Layout.parse({
        ...matrix,
        first_led: 'bottom_right',
        runs: 'columns',
        serpentine: false,
        led_start: 6,
      }),
    ),
    'matrix of 16 x 9, LEDs 6-149 from the bottom right along columns, always the same way',
  )
})

texts.run()
