import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sampleMeans } from '../../../src/led/sampling.ts'
import { sampleRgb } from '../../support/led-values.ts'

const sampling = suite('sampling')

function sample(frame: readonly number[], width: number, area: readonly number[]): number[] {
  return [...sampleRgb(Uint8Array.from(frame), width, Uint32Array.from(area))]
}

/** IEC 61966-2-1 in floating point. */
function toLinear(value: number): number {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function toSrgb(linear: number): number {
  return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
}

sampling('gives every value of an even area back as it is', () => {
  for (let value = 0; value < 256; value += 1) {
    const frame = Array.from({ length: 7 * 3 }, () => [value, 255 - value, value]).flat()
    assert.equal(sample(frame, 7, [0, 0, 7, 3]), [value, 255 - value, value])
  }
})

sampling('averages light, not sRGB values: half black and half white is 188 (IEC 61966-2-1)', () => {
  assert.equal(sample([0, 0, 0, 255, 255, 255], 2, [0, 0, 2, 1]), [188, 188, 188])
})

sampling('reads the pixels of the area and no other', () => {
  const width = 5
  const frame = Array.from({ length: width * 4 * 3 }, () => 200)
  for (const [x, y] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ] as const) {
    frame.splice((y * width + x) * 3, 3, 10, 20, 30)
  }
  assert.equal(sample(frame, width, [1, 1, 3, 3]), [10, 20, 30])
  assert.not.equal(sample(frame, width, [1, 1, 4, 3]), [10, 20, 30])
  assert.not.equal(sample(frame, width, [1, 0, 3, 3]), [10, 20, 30])
})

sampling('leaves an LED without an area black', () => {
  const light = new Float32Array(6).fill(1)
  sampleMeans(Uint8Array.from([255, 255, 255]), 1, Uint32Array.from([0, 0, 0, 0, 0, 0, 1, 1]), light)
  assert.equal([...light], [0, 0, 0, 1, 1, 1])
})

sampling('reads rows all over an area too large to read whole', () => {
  const width = 64
  const height = 96
  // Dark above, light below; six times the pixels that are enough.
  const frame = new Uint8Array(width * height * 3).fill(200, (width * height * 3) / 2)
  const [red = 0] = sampleRgb(frame, width, Uint32Array.from([0, 0, width, height]))
  const expected = toSrgb(toLinear(200) / 2)
  assert.ok(Math.abs(red - expected) <= 1, `${red} instead of ${expected}`)
})

sampling('is within one step of the mean in floating point', () => {
  const pixels = fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(pixels, (colors) => {
      const means = sample(colors.flat(), colors.length, [0, 0, colors.length, 1])
      for (const channel of [0, 1, 2] as const) {
        const linear = colors.reduce((sum, color) => sum + toLinear(color[channel]), 0) / colors.length
        assert.ok(Math.abs((means[channel] ?? -9) - toSrgb(linear)) <= 1)
      }
    }),
  )
})

sampling.run()
