import { LIGHT_OF_SRGB, SRGB_OF_LIGHT } from './light-curves.ts'

/** sRGB values, 0-255. */
export type Color = readonly [red: number, green: number, blue: number]

/** @param text `#rrggbb` */
export function parseColor(text: string): Color {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
  return [red, green, blue]
}

/** Full saturation and value at a place on the colour wheel, counted in turns: 0 is red, 1/3 green. */
export function toHue(turns: number): Color {
  const sixth = (turns - Math.floor(turns)) * 6
  const of = (shift: number): number => {
    const away = Math.abs(((sixth + shift) % 6) - 3)
    return Math.round(255 * Math.min(1, Math.max(0, away - 1)))
  }
  return [of(0), of(4), of(2)]
}

/** Between two colours, mixed as light: `share` of `to`. */
export function mix(from: Color, to: Color, share: number): Color {
  const of = (channel: 0 | 1 | 2): number => {
    const light =
      (LIGHT_OF_SRGB[from[channel]] ?? 0) * (1 - share) + (LIGHT_OF_SRGB[to[channel]] ?? 0) * share
    return Math.round(255 * SRGB_OF_LIGHT.at(light))
  }
  return [of(0), of(1), of(2)]
}
