import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NEUTRAL_KELVIN, toTemperatureGains } from '../../../src/led/color-temperature.ts'
import { Grading } from '../../../src/led/grading.ts'
import { LIGHT_OF_SRGB, SRGB_OF_LIGHT } from '../../../src/led/light-curves.ts'
import { toMilliamperes } from '../../../src/led/power-limit.ts'
import { type LedProcessing, NEUTRAL_PROCESSING } from '../../../src/led/processing.ts'

const grading = suite('grading')

/** What one LED becomes of an sRGB colour. */
function grade(
  rgb: readonly number[],
  changes: Partial<LedProcessing> = {},
  before = new Grading({ ...NEUTRAL_PROCESSING, ...changes }, 1),
): number[] {
  const light = Float32Array.from(rgb, (value) => LIGHT_OF_SRGB[value] ?? 0)
  const values = new Float32Array(before.channelsPerLed)
  before.grade(light, values)
  return Array.from(values, (value) => Math.round(value * 100) / 100)
}

function assertNear(actual: readonly number[], expected: readonly number[], most = 0.5): void {
  const isNear =
    actual.length === expected.length && actual.every((x, i) => Math.abs(x - (expected[i] ?? 0)) <= most)
  assert.ok(isNear, `${actual.join()} instead of ${expected.join()}`)
}

/** Light of a black body in sRGB primaries, summed over the visible wavelengths. */
function toBlackBody(kelvin: number): number[] {
  const xyz = [0, 0, 0]
  for (let nm = 380; nm <= 780; nm += 1) {
    const metres = nm * 1e-9
    const light = metres ** -5 / Math.expm1(1.438776877e-2 / (metres * kelvin))
    for (const [i, weight] of toEye(nm).entries()) xyz[i] = (xyz[i] ?? 0) + light * weight
  }
  const [x = 0, y = 1, z = 0] = xyz.map((value) => value / (xyz[1] ?? 1))
  return [
    3.2406 * x - 1.5372 * y - 0.4986 * z,
    -0.9689 * x + 1.8758 * y + 0.0415 * z,
    0.0557 * x - 0.204 * y + 1.057 * z,
  ]
}

/** CIE 1931 as Gaussians: Wyman, Sloan, Shirley, Journal of Computer Graphics Techniques 2(2), 2013. */
function toEye(nm: number): readonly number[] {
  const lobe = (mean: number, below: number, above: number): number =>
    Math.exp(-0.5 * ((nm - mean) / (nm < mean ? below : above)) ** 2)
  return [
    1.056 * lobe(599.8, 37.9, 31) + 0.362 * lobe(442, 16, 26.7) - 0.065 * lobe(501.1, 20.4, 26.2),
    0.821 * lobe(568.8, 46.9, 40.5) + 0.286 * lobe(530.9, 16.3, 31.1),
    1.217 * lobe(437, 11.8, 36) + 0.681 * lobe(459, 26, 13.8),
  ]
}

grading('gives every colour back as it is unless told otherwise', () => {
  for (let value = 0; value < 256; value += 1)
    assertNear(grade([value, 255 - value, 0]), [value, 255 - value, 0], 0.05)
})

grading('scales values by the brightness, after gamma', () => {
  assertNear(grade([255, 100, 0], { brightness: 0.5 }), [127.5, 50, 0], 0.1)
  // (127 / 255)² is 0.248: 63.25 at full brightness.
  assertNear(grade([255, 127, 0], { brightness: 0.5, gamma: 2 }), [127.5, 31.6, 0], 0.1)
})

grading('keeps black black and never reverses an order', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (brightness, gamma) => {
        const one = new Grading({ ...NEUTRAL_PROCESSING, brightness, gamma }, 1)
        const values = Array.from(
          { length: 256 },
          (_, value) => grade([value, value, value], {}, one)[0] ?? -1,
        )
        assert.is(values[0], 0)
        assertNear([values[255] ?? -1], [255 * brightness], 0.01)
        for (let i = 1; i < 256; i += 1) assert.ok((values[i] ?? -1) >= (values[i - 1] ?? -1))
      },
    ),
  )
})

grading('takes colour away and adds it, around the luminance of BT.709', () => {
  const grey = 255 * SRGB_OF_LIGHT.at(0.2126)
  assertNear(grade([255, 0, 0], { saturation: 0 }), [grey, grey, grey])
  assertNear(grade([120, 120, 120], { saturation: 4 }), [120, 120, 120])
  const [red = 0, green = 0] = grade([200, 150, 150], { saturation: 1.5 })
  assert.ok(red > 200 && green < 150, `${red}, ${green}`)
})

grading('lights an LED again at full light, whatever the threshold', () => {
  for (const black_threshold of [0.8, 0.9, 1]) {
    const one = new Grading({ ...NEUTRAL_PROCESSING, black_threshold }, 1)
    const values = new Float32Array(3)
    one.grade(new Float32Array(3), values)
    one.grade(new Float32Array(3).fill(1), values)
    assert.equal([...values].map(Math.round), [255, 255, 255], `${black_threshold}`)
  }
})

grading('turns LEDs off below the threshold, and on again only well above it', () => {
  const one = new Grading({ ...NEUTRAL_PROCESSING, black_threshold: 0.1 }, 1)
  const shown = (value: number): boolean => (grade([value, 0, 0], {}, one)[0] ?? 0) > 0
  // 10 % is 25.5; lit again from 12.5 % and a step: 32.9.
  assert.equal([26, 25, 26, 32, 33, 26, 25].map(shown), [true, false, false, false, true, true, false])
})

grading('keeps what is dark dark under new settings', () => {
  const settings = { ...NEUTRAL_PROCESSING, black_threshold: 0.1 }
  const before = new Grading(settings, 1)
  grade([10, 0, 0], {}, before)
  assert.equal(grade([28, 0, 0], {}, new Grading(settings, 1, before)), [0, 0, 0])
  assert.ok((grade([28, 0, 0], {}, new Grading(settings, 1))[0] ?? 0) > 27)
})

grading('balances the colours', () => {
  const white_balance = { red: 1, green: 0.8, blue: 0.5 }
  assertNear(grade([255, 255, 255], { white_balance }), [255, 204, 127.5], 0.1)
})

grading('makes white warmer or colder, never brighter; 6,600 K is as it is', () => {
  assert.equal(
    toTemperatureGains(NEUTRAL_KELVIN).map((gain) => Math.round(gain * 1e6) / 1e6),
    [1, 1, 1],
  )
  const [red, green, blue] = toTemperatureGains(2_700)
  assert.ok(red === 1 && green < 0.75 && green > 0.4 && blue < 0.3, `${red}, ${green}, ${blue}`)
  let last = 0
  for (let kelvin = 1_000; kelvin <= 15_000; kelvin += 100) {
    const gains = toTemperatureGains(kelvin)
    assert.ok(
      gains.every((gain) => gain >= 0 && gain <= 1),
      `${kelvin} K`,
    )
    const coldness = gains[2] / gains[0]
    assert.ok(coldness >= last, `${kelvin} K is colder than what is below`)
    last = coldness
  }
})

grading('follows the light of a black body, by Planck’s law and the eye of CIE 1931', () => {
  const neutral = toBlackBody(NEUTRAL_KELVIN)
  for (const kelvin of [2_000, 3_000, 4_500, 9_000, 12_000]) {
    const ratios = toBlackBody(kelvin).map((share, color) => Math.max(0, share) / (neutral[color] ?? 1))
    const most = Math.max(...ratios)
    assertNear(
      toTemperatureGains(kelvin),
      ratios.map((ratio) => ratio / most),
      0.02,
    )
  }
})

grading('takes white out of the colours, or adds it', () => {
  assertNear(grade([255, 200, 100], { white_channel: 'accurate' }), [155, 100, 0, 100])
  assertNear(grade([255, 200, 100], { white_channel: 'brighter' }), [255, 200, 100, 100])
  assert.is(grade([255, 200, 100]).length, 3)
})

grading('estimates what LEDs draw as WLED does', () => {
  assert.is(toMilliamperes(new Uint8Array(30).fill(255), 55, 3), 10 * 56)
  assert.is(toMilliamperes(new Uint8Array(30), 55, 3), 10)
})

grading.run()
