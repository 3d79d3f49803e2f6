import type { Target } from '../api/types.ts'

/** As the server has it for a new light; a test holds them together. */
export const PROCESSING_DEFAULTS: Target['processing'] = Object.freeze({
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
  skip_black_bars: true,
})
