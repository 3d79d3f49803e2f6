import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedPipeline } from '../../../src/led/led-pipeline.ts'
import { NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'

const pipeline = suite('LED pipeline')

/** 2 x 2: red and green above blue and white. */
const FRAME = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])

function plan(changes: object = {}) {
  return {
    layout: {
      type: 'strip',
      gaps: [],
      segments: [
        { edge: 'top', led_start: 0, led_count: 2, reverse: false },
        { edge: 'bottom', led_start: 2, led_count: 2, reverse: true },
      ],
      border_depth_percent: 50,
    },
    processing: NEUTRAL_PROCESSING,
    ledCount: 5,
    size: { width: 2, height: 2 },
    ...changes,
  } as const
}

pipeline('maps a frame to LEDs in the order of the strip; an LED of no segment is dark', () => {
  const leds = new LedPipeline(plan())
  leds.run(FRAME)
  assert.equal([...leds.rgb], [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0])
})

pipeline('applies brightness after the mean', () => {
  const leds = new LedPipeline(plan({ processing: { ...NEUTRAL_PROCESSING, brightness: 0.2 } }))
  leds.run(FRAME)
  assert.equal([...leds.rgb.subarray(0, 6)], [51, 0, 0, 0, 51, 0])
})

pipeline('starts each frame afresh, in the same buffer', () => {
  const leds = new LedPipeline(plan())
  const { rgb } = leds
  leds.run(FRAME)
  leds.run(new Uint8Array(12).fill(7))
  assert.is(leds.rgb, rgb)
  assert.equal([...rgb], [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0])
})

pipeline.run()
