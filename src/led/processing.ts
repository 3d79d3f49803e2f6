/** What is done to the colours of the picture; units and ranges as in the API. */
export interface LedProcessing {
  readonly brightness: number
  readonly gamma: number
  readonly saturation: number
  readonly smoothing_ms: number
  readonly black_threshold: number
  readonly white_balance: { readonly red: number; readonly green: number; readonly blue: number }
  readonly color_temperature_k: number | null
  readonly power_limit_ma: number | null
  readonly led_ma: number
  readonly white_channel: 'none' | 'accurate' | 'brighter'
  readonly dithering: boolean
  readonly skip_black_bars: boolean
}

/** Shows the picture as it is. */
export const NEUTRAL_PROCESSING: LedProcessing = {
  brightness: 1,
  gamma: 1,
  saturation: 1,
  smoothing_ms: 0,
  black_threshold: 0,
  white_balance: { red: 1, green: 1, blue: 1 },
  color_temperature_k: null,
  power_limit_ma: null,
  led_ma: 55,
  white_channel: 'none',
  dithering: false,
  skip_black_bars: false,
}

/** What each of the 256 values becomes: gamma first, then brightness, so that brightness scales light. */
export function toProcessingTable({
  brightness,
  gamma,
}: Pick<LedProcessing, 'brightness' | 'gamma'>): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(Math.min(1, Math.max(0, brightness)) * 255 * (value / 255) ** gamma),
  )
}

/** Replaces every byte of `rgb` by its entry in `table`. Allocates nothing. */
export function applyTable(rgb: Uint8Array, table: Uint8Array): void {
  for (let i = 0; i < rgb.length; i += 1) rgb[i] = table[rgb[i] ?? 0] ?? 0
}
