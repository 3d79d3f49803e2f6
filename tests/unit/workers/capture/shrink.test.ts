import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SOURCE_SIZE, toFrameBytes } from '../../../../src/led/picture.ts'
import { shrinkRgba } from '../../../../workers/capture/shrink.ts'

const shrink = suite('shrinking a screenshot')

/** Red grows to the right, green downwards. */
function paint(width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i += 1) {
    pixels.set([((i % width) * 255) / width, (Math.floor(i / width) * 255) / height, 9, 255], i * 4)
  }
  return pixels
}

function shot(width: number, height: number, region: Parameters<typeof shrinkRgba>[1] = null): Uint8Array {
  const frame = new Uint8Array(toFrameBytes(SOURCE_SIZE)).fill(123)
  shrinkRgba({ pixels: paint(width, height), width, height }, region, frame)
  return frame
}

function at(frame: Uint8Array, xShare: number, yShare: number): number[] {
  const x = Math.min(SOURCE_SIZE.width - 1, Math.floor(xShare * SOURCE_SIZE.width))
  const y = Math.min(SOURCE_SIZE.height - 1, Math.floor(yShare * SOURCE_SIZE.height))
  return [...frame.subarray((y * SOURCE_SIZE.width + x) * 3, (y * SOURCE_SIZE.width + x) * 3 + 3)]
}

shrink('keeps every part of the picture at its place, whatever its size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 500 }), (width, height) => {
      const frame = shot(width, height)
      for (const share of [0, 0.25, 0.5, 0.75, 0.99]) {
        const [red = 0, green = 0, blue = 0] = at(frame, share, share)
        assert.ok(Math.abs(red - 255 * share) <= 3 + 255 / width, `${red} at ${share} of ${width}`)
        assert.ok(Math.abs(green - 255 * share) <= 3 + 255 / height, `${green} at ${share} of ${height}`)
        assert.is(blue, 9)
      }
    }),
    { numRuns: 60 },
  )
})

shrink('shows a region alone', () => {
  const frame = shot(1_920, 1_080, { left: 960, top: 0, width: 960, height: 540 })
  assert.ok((at(frame, 0, 0)[0] ?? 0) >= 127)
  assert.ok((at(frame, 0.99, 0.99)[1] ?? 255) <= 128)
})

shrink('does with what there is of a region that reaches beyond the screen', () => {
  const frame = shot(100, 100, { left: 90, top: 5_000, width: 5_000, height: 5_000 })
  assert.ok((at(frame, 0.5, 0.5)[0] ?? 0) > 220)
})

shrink.run()
