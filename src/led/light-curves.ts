/**
 * sRGB values and light (IEC 61966-2-1). Light adds up and sRGB values do not: half black and half white
 * is 188, not 128.
 */

/** Light of each sRGB value, 0-1. */
export const LIGHT_OF_SRGB: Float32Array = Float32Array.from({ length: 256 }, (_, value) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})

/** A curve from 0-1 to 0-1, read by straight lines between its points. */
export class Curve {
  readonly #points: Float32Array
  readonly #lastIndex: number

  constructor(steps: number, of: (x: number) => number) {
    this.#points = Float32Array.from({ length: steps + 2 }, (_, i) => of(Math.min(1, i / steps)))
    this.#lastIndex = steps
  }

  /** @param x 0-1 */
  at(x: number): number {
    const place = x * this.#lastIndex
    const index = Math.floor(place)
    const from = this.#points[index] ?? 0
    return from + ((this.#points[index + 1] ?? 0) - from) * (place - index)
  }
}

/** From light to the share of the full sRGB value; less than a fiftieth of an 8-bit step off. */
export const SRGB_OF_LIGHT = new Curve(4_096, (light) =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055,
)
