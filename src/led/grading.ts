import { type Gains, toTemperatureGains } from './color-temperature.ts'
import type { ChannelsPerLed } from './frame-encoder.ts'
import { Curve, SRGB_OF_LIGHT } from './light-curves.ts'
import type { LedProcessing } from './processing.ts'

/** Luminance of linear light (ITU-R BT.709-6, table 1). */
const LUMA: Gains = [0.2126, 0.7152, 0.0722]
/** An LED that went dark lights up again above this much of the threshold. */
const RELIGHT_RATIO = 1.25
const RELIGHT_STEP = 1 / 255
const FULL = 255

/**
 * Makes values for LEDs of the light of the picture: saturation in light, then the value as sRGB counts
 * it, black threshold, gamma, the balance of the colours with the brightness, and white for RGBW.
 */
export class Grading {
  readonly channelsPerLed: ChannelsPerLed
  readonly #saturation: number
  readonly #gamma: Curve | undefined
  readonly #gains: Gains
  readonly #threshold: number
  readonly #relight: number
  readonly #isAdded: boolean
  /** 1: dark for being below the threshold. */
  readonly #isDark: Uint8Array

  constructor(processing: LedProcessing, ledCount: number, before?: Grading) {
    const { saturation, gamma, black_threshold, white_channel } = processing
    this.channelsPerLed = white_channel === 'none' ? 3 : 4
    this.#isAdded = white_channel === 'brighter'
    this.#saturation = saturation
    this.#gamma = gamma === 1 ? undefined : new Curve(1_024, (share) => share ** gamma)
    this.#gains = toGains(processing)
    this.#threshold = black_threshold
    // Full light always lights up.
    this.#relight = Math.min(1, black_threshold * RELIGHT_RATIO + RELIGHT_STEP)
    this.#isDark = new Uint8Array(ledCount)
    const wasDark = before === undefined ? undefined : before.#isDark
    if (wasDark?.length === ledCount) this.#isDark.set(wasDark)
  }

  /**
   * @param light red, green and blue per LED, 0-1
   * @param values where to write: `channelsPerLed` per LED, 0-255 with fractions
   */
  grade(light: Float32Array, values: Float32Array): void {
    const saturation = this.#saturation
    const step = this.channelsPerLed
    for (let led = 0, at = 0, out = 0; led < this.#isDark.length; led += 1, at += 3, out += step) {
      let red = light[at] ?? 0
      let green = light[at + 1] ?? 0
      let blue = light[at + 2] ?? 0
      if (saturation !== 1) {
        const grey = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
        red = toShare(grey + saturation * (red - grey))
        green = toShare(grey + saturation * (green - grey))
        blue = toShare(grey + saturation * (blue - grey))
      }
      red = SRGB_OF_LIGHT.at(red)
      green = SRGB_OF_LIGHT.at(green)
      blue = SRGB_OF_LIGHT.at(blue)
      if (this.#threshold > 0 && this.#isBlack(led, Math.max(red, green, blue))) {
        values.fill(0, out, out + step)
        continue
      }
      if (this.#gamma !== undefined) {
        red = this.#gamma.at(red)
        green = this.#gamma.at(green)
        blue = this.#gamma.at(blue)
      }
      red *= this.#gains[0]
      green *= this.#gains[1]
      blue *= this.#gains[2]
      if (step === 4) {
        const white = Math.min(red, green, blue)
        values[out + 3] = white
        if (!this.#isAdded) {
          red -= white
          green -= white
          blue -= white
        }
      }
      values[out] = red
      values[out + 1] = green
      values[out + 2] = blue
    }
  }

  #isBlack(led: number, brightest: number): boolean {
    const isDark = brightest < (this.#isDark[led] === 1 ? this.#relight : this.#threshold)
    this.#isDark[led] = isDark ? 1 : 0
    return isDark
  }
}

/** What full light of each colour becomes, 0-255. */
function toGains({ brightness, white_balance, color_temperature_k: kelvin }: LedProcessing): Gains {
  const [red, green, blue] = kelvin === null ? [1, 1, 1] : toTemperatureGains(kelvin)
  const full = FULL * toShare(brightness)
  return [
    full * white_balance.red * red,
    full * white_balance.green * green,
    full * white_balance.blue * blue,
  ]
}

function toShare(value: number): number {
  return Math.min(1, Math.max(0, value))
}
