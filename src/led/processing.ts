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
