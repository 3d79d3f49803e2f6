import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FADE_MS } from '../../../src/led/fade.ts'
import { LedPipeline, type LedPlan } from '../../../src/led/led-pipeline.ts'
import { PictureLight } from '../../../src/led/picture-light.ts'
import { type LedProcessing, NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'

const pipeline = suite('LED pipeline')

/** 2 x 2: red and green above blue and white. */
const FRAME = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
const BLACK = new Uint8Array(12)
const WHITE = new Uint8Array(12).fill(255)
const PICTURE = new PictureLight({ width: 2, height: 2 })

function plan(processing: Partial<LedProcessing> = {}, changes: Partial<LedPlan> = {}): LedPlan {
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
    processing: { ...NEUTRAL_PROCESSING, ...processing },
    ledCount: 5,
    picture: PICTURE,
    ...changes,
  }
}

function show(leds: LedPipeline, frame: Uint8Array, nowMs = 0): readonly number[] {
  take(leds, frame, nowMs)
  leds.render(nowMs)
  return [...leds.colors]
}

function take(leds: LedPipeline, frame: Uint8Array, nowMs: number): void {
  PICTURE.take(frame, nowMs)
  leds.take(nowMs)
}

function renderAt(leds: LedPipeline, nowMs: number): readonly number[] {
  leds.render(nowMs)
  return [...leds.colors]
}

pipeline('maps a frame to LEDs in the order of the strip; an LED of no segment is dark', () => {
  const leds = new LedPipeline(plan())
  assert.equal(show(leds, FRAME), [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0])
  assert.not(leds.isMoving)
})

pipeline('applies brightness after the mean', () => {
  const leds = new LedPipeline(plan({ brightness: 0.2 }))
  assert.equal(show(leds, FRAME).slice(0, 6), [51, 0, 0, 0, 51, 0])
})

pipeline('starts each frame afresh, in the same buffer', () => {
  const leds = new LedPipeline(plan())
  const { colors } = leds
  show(leds, FRAME)
  assert.equal(show(leds, new Uint8Array(12).fill(7)), [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0])
  assert.is(leds.colors, colors)
})

pipeline('shows the first frame at once, and later ones within the settling time', () => {
  const leds = new LedPipeline(plan({ smoothing_ms: 100 }))
  assert.equal(show(leds, BLACK)[0], 0)
  assert.not(leds.isMoving)
  assert.is(show(leds, WHITE, 1_000)[0], 0, 'a long pause is no time for the change to happen in')
  assert.ok(leds.isMoving)
  const half = renderAt(leds, 1_050)[0] ?? 0
  const settled = renderAt(leds, 1_100)[0] ?? 0
  assert.ok(half > 128 && half < settled, `${half} after half the time`)
  assert.ok(settled >= 251, `${settled} after the settling time`)
  assert.is(renderAt(leds, 2_000)[0], 255)
  renderAt(leds, 2_001)
  assert.not(leds.isMoving)
})

pipeline('smooths alike whatever the frame rate', () => {
  const shownAfter = (stepMs: number): number => {
    const leds = new LedPipeline(plan({ smoothing_ms: 200 }))
    show(leds, BLACK)
    take(leds, WHITE, 1_000)
    for (let nowMs = 1_000; nowMs <= 1_060; nowMs += stepMs) take(leds, WHITE, nowMs)
    return renderAt(leds, 1_060)[0] ?? 0
  }
  const shown = [1, 5, 20, 60].map(shownAfter)
  assert.ok(Math.max(...shown) - Math.min(...shown) <= 1, shown.join())
})

pipeline('goes over to new settings without a jump, from what was shown', () => {
  const before = new LedPipeline(plan({ smoothing_ms: 100 }))
  show(before, WHITE)
  const after = new LedPipeline(plan({ brightness: 0, saturation: 0 }), before, 1_000)
  assert.is(show(after, WHITE, 1_000)[0], 255)
  assert.ok(after.isMoving)
  const between = renderAt(after, 1_000 + FADE_MS / 2)[0] ?? 0
  assert.ok(Math.abs(between - 127.5) <= 1, `${between}`)
  assert.is(renderAt(after, 1_000 + FADE_MS)[0], 0)
  assert.not(after.isMoving)
})

pipeline('goes over without a jump also when settings change twice before it can be shown', () => {
  const first = new LedPipeline(plan())
  show(first, WHITE)
  const second = new LedPipeline(plan({ brightness: 0.5 }), first, 1_000)
  const third = new LedPipeline(plan({ brightness: 0 }), second, 1_005)
  third.take(1_010)
  assert.ok((renderAt(third, 1_010)[0] ?? 0) > 200)
})

pipeline('keeps the light that smoothing has reached when settings change', () => {
  const before = new LedPipeline(plan({ smoothing_ms: 100 }))
  show(before, BLACK)
  show(before, WHITE, 1_000)
  const reached = renderAt(before, 1_030)
  const after = new LedPipeline(plan({ smoothing_ms: 5_000 }), before, 1_030)
  assert.equal(renderAt(after, 1_030), reached)
  const steps = [1_040, 1_080, 1_200, 2_000, 6_030].map((nowMs) => renderAt(after, nowMs)[0] ?? 0)
  assert.equal(
    steps,
    steps.toSorted((a, b) => a - b),
  )
})

pipeline('starts anew for another number of LEDs or another kind', () => {
  const before = new LedPipeline(plan())
  show(before, WHITE)
  const more = new LedPipeline(plan({}, { ledCount: 6 }), before, 0)
  assert.equal(show(more, BLACK), new Array(18).fill(0))
  const white = new LedPipeline(plan({ white_channel: 'accurate' }), before, 0)
  assert.equal(show(white, WHITE).slice(0, 4), [0, 0, 0, 255])
})

pipeline('shows the mean of what lies between two values, by dithering', () => {
  const leds = new LedPipeline(plan({ dithering: true, brightness: 0.05 }))
  show(leds, new Uint8Array(12).fill(100))
  const wanted = 100 * 0.05
  assert.is(wanted, 5)
  const odd = new LedPipeline(plan({ dithering: true, brightness: 0.052 }))
  take(odd, new Uint8Array(12).fill(100), 0)
  const frames = Array.from({ length: 100 }, (_, i) => renderAt(odd, i * 16))
  for (const led of [0, 1, 2, 11]) {
    const values = frames.map((frame) => frame[led] ?? -1)
    assert.equal([...new Set(values)].toSorted(), [5, 6])
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    assert.ok(Math.abs(mean - 5.2) < 0.03, `${mean}`)
  }
  assert.ok(odd.isMoving)
})

pipeline('stays within 0-255 and below the power limit whatever the settings', () => {
  const settings: fc.Arbitrary<LedProcessing> = fc.record({
    brightness: fc.double({ min: 0, max: 1, noNaN: true }),
    gamma: fc.double({ min: 0.1, max: 5, noNaN: true }),
    saturation: fc.double({ min: 0, max: 4, noNaN: true }),
    smoothing_ms: fc.integer({ min: 0, max: 5_000 }),
    black_threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    white_balance: fc.record({
      red: fc.double({ min: 0, max: 1, noNaN: true }),
      green: fc.double({ min: 0, max: 1, noNaN: true }),
      blue: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    color_temperature_k: fc.option(fc.integer({ min: 1_000, max: 15_000 })),
    power_limit_ma: fc.option(fc.integer({ min: 50, max: 1_000 })),
    led_ma: fc.double({ min: 1, max: 200, noNaN: true }),
    white_channel: fc.constantFrom('none', 'accurate', 'brighter'),
    dithering: fc.constant(false),
    skip_black_bars: fc.boolean(),
  })
  const frames = fc.uint8Array({ minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(settings, settings, frames, frames, (first, second, a, b) => {
      const before = new LedPipeline(plan(first))
      show(before, a)
      const leds = new LedPipeline(plan(second), before, 10)
      for (const [i, frame] of [a, b, a, b].entries()) {
        const colors = show(leds, frame, 20 + i * 60)
        const { power_limit_ma: limitMa, led_ma: ledMa } = second
        if (limitMa === null) continue
        const sum = colors.reduce((total, value) => total + value, 0)
        const drawn = 5 + (sum / 765) * ledMa
        assert.ok(drawn <= limitMa + 0.01, `${drawn} of ${limitMa} mA`)
      }
      assert.is(leds.colors.length, second.white_channel === 'none' ? 15 : 20)
    }),
  )
})

pipeline.run()
