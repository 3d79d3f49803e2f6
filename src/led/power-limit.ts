import type { ChannelsPerLed } from './frame-encoder.ts'

const FULL = 255
/** An LED draws this much even when it is dark (WLED counts the same: `wled: wled00/bus_manager.cpp`). */
const IDLE_MA = 1
const COLORS = 3

/**
 * Dims all LEDs alike so that together they draw no more than a power supply gives. What an LED draws is
 * estimated as WLED does it: in proportion to its values, `led_ma` at full red, green and blue.
 */
export class PowerLimit {
  /** The most that all values together may add up to. */
  readonly #budget: number

  constructor(limitMa: number, ledMa: number, ledCount: number) {
    const forColorsMa = Math.max(0, limitMa - ledCount * IDLE_MA)
    this.#budget = (forColorsMa / ledMa) * COLORS * FULL
  }

  apply(values: Float32Array): void {
    let sum = 0
    for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0
    if (sum <= this.#budget) return
    const scale = this.#budget / sum
    // Half a step less, which is what rounding may add to each of them.
    for (let i = 0; i < values.length; i += 1) values[i] = Math.max(0, (values[i] ?? 0) * scale - 0.5)
  }
}

/** What LEDs with these values draw in milliamperes, by the same estimate. */
export function toMilliamperes(values: Uint8Array, ledMa: number, channelsPerLed: ChannelsPerLed): number {
  const sum = values.reduce((total, value) => total + value, 0)
  return (values.length / channelsPerLed) * IDLE_MA + (sum / (COLORS * FULL)) * ledMa
}
