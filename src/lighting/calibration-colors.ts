import { LedGrabError } from '../errors.ts'
import { parseColor } from '../led/colors.ts'
import type { LedLayout, StripEdge } from '../led/layout.ts'
import { toMatrixCell } from '../led/matrix-areas.ts'
import { PowerLimit } from '../led/power-limit.ts'
import { roundValues } from '../led/quantizing.ts'
import type { CalibrationRequest } from '../protocol/api-calibration.ts'
import type { Target } from '../protocol/api-targets.ts'

/** For the eye that looks for the beginning of the strip. */
const FIRST_LED_COLOR = '#ffffff'

/**
 * What each LED shows, 3 bytes RGB, at the brightness and within the power of the target: a power supply does not
 * care why LEDs are on.
 *
 * @throws `LG_REQUEST_INVALID` naming an LED the device does not have
 */
export function toCalibrationColors(
  request: CalibrationRequest,
  { layout, processing }: Pick<Target, 'layout' | 'processing'>,
  ledCount: number,
): Uint8Array {
  const values = new Float32Array(ledCount * 3)
  const light = (led: number, color: string): void => {
    values.set(
      parseColor(color).map((value) => value * processing.brightness),
      led * 3,
    )
  }
  switch (request.show) {
    case 'all':
      for (let led = 0; led < ledCount; led += 1) light(led, request.color)
      break
    case 'edges':
      for (let led = 0; led < ledCount; led += 1) {
        const edge = toEdge(layout, led)
        if (edge) light(led, request.colors[edge])
      }
      light(0, FIRST_LED_COLOR)
      break
    case 'leds':
      for (const [index, led] of request.leds.entries()) {
        if (led >= ledCount) {
          const field = `leds.${index}`
          throw new LedGrabError(
            'LG_REQUEST_INVALID',
            `${field}: the last LED of the device is ${ledCount - 1}`,
            { field },
          )
        }
        light(led, request.color)
      }
  }
  const { power_limit_ma: limitMa, led_ma: ledMa } = processing
  if (limitMa !== null) new PowerLimit(limitMa, ledMa, ledCount).apply(values)
  const colors = new Uint8Array(values.length)
  roundValues(values, colors)
  return colors
}

/** The edge an LED hangs at; of a matrix its outermost rows and columns. */
function toEdge(layout: LedLayout, led: number): StripEdge | undefined {
  if (layout.type === 'strip') {
    return layout.segments.find(
      ({ led_start: start, led_count: count }) => led >= start && led < start + count,
    )?.edge
  }
  const { columns, rows, led_start: start } = layout
  if (led < start || led >= start + columns * rows) return undefined
  const [column, row] = toMatrixCell(layout, led - start)
  if (row === 0) return 'top'
  if (row === rows - 1) return 'bottom'
  if (column === columns - 1) return 'right'
  return column === 0 ? 'left' : undefined
}
