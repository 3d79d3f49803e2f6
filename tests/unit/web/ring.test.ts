import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toDefaultStrip } from '../../../src/led/layout.ts'
import { toSampleAreas } from '../../../src/led/sample-areas.ts'
import { findStripProblems } from '../../../src/led/validate-strip.ts'
import { toLedPlaces } from '../../../src/web/lights/led-places.ts'
import {
  countRing,
  edgeAfter,
  fromSegments,
  moveCorner,
  moveStart,
  RING_EDGES,
  type Ring,
  toSegments,
} from '../../../src/web/targets/ring.ts'

const ring = suite('layout ring')

const count = fc.integer({ min: 0, max: 40 })
const anyRing = fc
  .record({
    counts: fc.record({ left: count, top: count, right: count, bottom: count }, { noNullPrototype: true }),
    start: fc.nat(200),
    isClockwise: fc.boolean(),
  })
  .filter((one) => countRing(one) > 0)
  .map((one) => moveStart(one, one.start))

ring('is a layout the server takes, with every LED once', () => {
  fc.assert(
    fc.property(anyRing, (one) => {
      const segments = toSegments(one)
      const strip = { type: 'strip', gaps: [], segments, border_depth_percent: 10 } as const
      assert.equal(findStripProblems(strip, countRing(one)), [])
      const leds = segments.flatMap(({ led_start, led_count }) =>
        Array.from({ length: led_count }, (_, i) => led_start + i),
      )
      assert.is(new Set(leds).size, countRing(one))
    }),
  )
})

ring('is read back from its layout as the same light', () => {
  fc.assert(
    fc.property(anyRing, (one) => {
      const segments = toSegments(one)
      const back = fromSegments(segments)
      assert.ok(back)
      assert.equal(back.counts, one.counts)
      assert.equal(toSegments(back), segments)
    }),
  )
})

ring('is what the server makes by default', () => {
  const { segments } = toDefaultStrip(120)
  const back = fromSegments(segments)
  assert.equal(back, { counts: { left: 22, top: 38, right: 22, bottom: 38 }, start: 0, isClockwise: true })
  assert.equal(toSegments(back as Ring), segments)
})

ring('is not made of a layout that is none', () => {
  const segment = { edge: 'top', led_start: 0, led_count: 10, reverse: false } as const
  for (const segments of [
    [{ ...segment, led_start: 5 }],
    [segment, { ...segment, led_start: 20 }],
    [segment, { ...segment, edge: 'left', led_start: 10, reverse: true } as const],
  ]) {
    assert.is(fromSegments(segments), undefined)
  }
})

ring('keeps its LEDs when a corner moves, and moves it within its two edges', () => {
  fc.assert(
    fc.property(
      anyRing,
      fc.constantFrom(...RING_EDGES),
      fc.integer({ min: -100, max: 100 }),
      (one, edge, delta) => {
        const moved = moveCorner(one, edge, delta)
        assert.is(countRing(moved), countRing(one))
        for (const other of RING_EDGES) {
          assert.ok(moved.counts[other] >= 0)
          if (other !== edge && other !== edgeAfter(edge)) assert.is(moved.counts[other], one.counts[other])
        }
      },
    ),
  )
})

ring('shows each LED where the server looks for its colour', () => {
  const size = { width: 1_600, height: 1_000 }
  fc.assert(
    fc.property(anyRing, (one) => {
      const layout = {
        type: 'strip' as const,
        gaps: [],
        segments: [...toSegments(one)],
        border_depth_percent: 10,
      }
      const total = countRing(one)
      const areas = toSampleAreas(layout, total, size)
      const places = toLedPlaces(layout, total)
      for (let led = 0; led < total; led += 1) {
        const [left = 0, top = 0, right = 0, bottom = 0] = areas.subarray(led * 4, led * 4 + 4)
        const x = (places[led * 2] ?? 0) * size.width
        const y = (places[led * 2 + 1] ?? 0) * size.height
        assert.ok(x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1, `LED ${led}`)
      }
    }),
  )
})

ring.run()
