/** White of this temperature is left as it is. */
export const NEUTRAL_KELVIN = 6_600

export type Gains = readonly [red: number, green: number, blue: number]

/**
 * What to multiply the light of each colour by, so that white is that of a black body of `kelvin`
 * (1,000-15,000); the largest is 1.
 *
 * Planckian locus: M. Krystek, "An algorithm to calculate correlated colour temperature", Color Research &
 * Application 10 (1985), CIE 1960 u and v; to light of sRGB primaries by IEC 61966-2-1.
 */
export function toTemperatureGains(kelvin: number): Gains {
  const white = toLight(kelvin)
  const neutral = toLight(NEUTRAL_KELVIN)
  const ratios = white.map((light, color) => Math.max(0, light) / (neutral[color] ?? 1))
  const most = Math.max(...ratios)
  const [red = 1, green = 1, blue = 1] = ratios.map((ratio) => ratio / most)
  return [red, green, blue]
}

function toLight(kelvin: number): Gains {
  const k2 = kelvin * kelvin
  const u =
    (0.860117757 + 1.54118254e-4 * kelvin + 1.28641212e-7 * k2) /
    (1 + 8.42420235e-4 * kelvin + 7.08145163e-7 * k2)
  const v =
    (0.317398726 + 4.22806245e-5 * kelvin + 4.20481691e-8 * k2) /
    (1 - 2.89741816e-5 * kelvin + 1.61456053e-7 * k2)
  const scale = 2 * u - 8 * v + 4
  const x = (3 * u) / scale
  const y = (2 * v) / scale
  const [bigX, bigZ] = [x / y, (1 - x - y) / y]
  return [
    3.2406 * bigX - 1.5372 - 0.4986 * bigZ,
    -0.9689 * bigX + 1.8758 + 0.0415 * bigZ,
    0.0557 * bigX - 0.204 + 1.057 * bigZ,
  ]
}
