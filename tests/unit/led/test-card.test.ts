import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type StripEdge, toDefaultStrip } from '../../../src/led/layout.ts'
import { LedPipeline } from '../../../src/led/led-pipeline.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../../src/led/picture.ts'
import { PictureLight } from '../../../src/led/picture-light.ts'
import { NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'
import {
  MARKER_PERIOD_MS,
  paintTestCard,
  TEST_CARD_COLORS,
  toTestCardTimeMs,
} from '../../../src/led/test-card.ts'

const card = suite('test card')

const LED_COUNT = 100

function paint(timeMs: number, size = SOURCE_SIZE): Uint8Array {
  const frame = new Uint8Array(toFrameBytes(size))
  paintTestCard(frame, size, timeMs)
  return frame
}

function pixel(frame: Uint8Array, x: number, y: number): number[] {
  return [...frame.subarray((y * SOURCE_SIZE.width + x) * 3, (y * SOURCE_SIZE.width + x) * 3 + 3)]
}

/** The colours of a strip around the card, `depthPercent` deep, by edge. */
function ledsByEdge(timeMs: number, depthPercent: number): Map<StripEdge, string> {
  const strip = toDefaultStrip(LED_COUNT)
  const picture = new PictureLight(SOURCE_SIZE)
  const pipeline = new LedPipeline({
    layout: { ...strip, border_depth_percent: depthPercent },
    processing: NEUTRAL_PROCESSING,
    ledCount: LED_COUNT,
    picture,
  })
  picture.take(paint(timeMs), 0)
  pipeline.take(0)
  pipeline.render(0)
  return new Map(
    strip.segments.map(({ edge, led_start, led_count }) => [
      edge,
      Buffer.from(pipeline.colors.subarray(led_start * 3, (led_start + led_count) * 3)).toString('hex'),
    ]),
  )
}

card('shows eight different colours clockwise from the top left corner', () => {
  const { width, height } = SOURCE_SIZE
  const frame = paint(0)
  const quarterPoints: [number, number][] = [
    // Left of the marker's way at the top.
    [width / 4 - 4, 0],
    [(width * 3) / 4 + 3, 0],
    [width - 1, height / 4],
    [width - 1, (height * 3) / 4],
    [(width * 3) / 4, height - 1],
    [width / 4, height - 1],
    [0, (height * 3) / 4],
    [0, height / 4],
  ]
  assert.equal(
    quarterPoints.map(([x, y]) => pixel(frame, x, y)),
    TEST_CARD_COLORS.map(({ rgb }) => [...rgb]),
  )
  assert.is(new Set(TEST_CARD_COLORS.map(({ rgb }) => rgb.join())).size, 8)
})

card('paints every pixel, at odd sizes too', () => {
  for (const size of [
    { width: 1, height: 1 },
    { width: 7, height: 3 },
    { width: 129, height: 71 },
  ]) {
    const frame = new Uint8Array(toFrameBytes(size))
    paintTestCard(frame, size, 0)
    for (let at = 0; at < frame.length; at += 3) {
      // Every colour of the card has a channel at 255, and white has three.
      assert.ok(frame.subarray(at, at + 3).includes(255), `pixel ${at / 3} of ${size.width} pixels a row`)
    }
  }
})

card('is the same at the same time, whatever the buffer held before', () => {
  const frame = new Uint8Array(toFrameBytes(SOURCE_SIZE)).fill(77)
  paintTestCard(frame, SOURCE_SIZE, 1_234)
  assert.is(Buffer.compare(frame, paint(1_234)), 0)
  assert.is(Buffer.compare(frame, paint(1_234 + MARKER_PERIOD_MS)), 0)
})

card('moves at the top only, as far as LEDs up to 25 % deep can see', () => {
  for (const depthPercent of [1, 10, 25]) {
    const atStart = ledsByEdge(0, depthPercent)
    const tops = new Set<string | undefined>()
    for (let timeMs = 0; timeMs < MARKER_PERIOD_MS; timeMs += 250) {
      const now = ledsByEdge(timeMs, depthPercent)
      for (const edge of ['right', 'bottom', 'left'] as const) {
        assert.is(now.get(edge), atStart.get(edge), `${edge} at ${timeMs} ms, ${depthPercent} % deep`)
      }
      tops.add(now.get('top'))
    }
    // There and back: 24 places, each shown twice except the two ends.
    assert.ok(tops.size >= 20, `${tops.size} different pictures of the top edge`)
  }
})

card('moves slowly: from frame to frame at 30 a second no LED jumps', () => {
  let previous = ledsByEdge(0, 10).get('top') ?? ''
  for (let index = 1; index < 400; index += 1) {
    const now = ledsByEdge(toTestCardTimeMs(index, 30), 10).get('top') ?? ''
    const before = Buffer.from(previous, 'hex')
    Buffer.from(now, 'hex').forEach((value, i) => {
      assert.ok(Math.abs(value - (before[i] ?? 0)) <= 48, `frame ${index}, byte ${i}`)
    })
    previous = now
  }
})

card('tells the time of a frame from its number', () => {
  assert.is(toTestCardTimeMs(0, 30), 0)
  assert.is(toTestCardTimeMs(90, 30), 3_000)
  assert.is(toTestCardTimeMs(90, 60), 1_500)
})

card.run()
