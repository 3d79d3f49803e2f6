/** In which order a strip takes its colours. */
export const COLOR_ORDERS = ['rgb', 'rbg', 'grb', 'gbr', 'brg', 'bgr'] as const
export type ColorOrder = (typeof COLOR_ORDERS)[number]

/** Brings colours into the order of a strip, into a buffer of its own. */
export class ColorSorter {
  /** As the strip wants them: what an encoder reads. The given buffer itself where that is RGB already. */
  readonly sorted: Uint8Array
  readonly #colors: Uint8Array
  readonly #channelsPerLed: number
  readonly #red: number
  readonly #green: number
  readonly #blue: number

  /** @param colors RGB or RGBW; white stays the last. */
  constructor(colors: Uint8Array, order: ColorOrder, channelsPerLed: 3 | 4 = 3) {
    this.#colors = colors
    this.#channelsPerLed = channelsPerLed
    this.#red = order.indexOf('r')
    this.#green = order.indexOf('g')
    this.#blue = order.indexOf('b')
    this.sorted = order === 'rgb' ? colors : new Uint8Array(colors.length)
  }

  /** Takes over the colours as they are now. Allocates nothing. */
  sort(): void {
    const { sorted } = this
    const colors = this.#colors
    if (sorted === colors) return
    const step = this.#channelsPerLed
    for (let led = 0; led < colors.length; led += step) {
      sorted[led + this.#red] = colors[led] ?? 0
      sorted[led + this.#green] = colors[led + 1] ?? 0
      sorted[led + this.#blue] = colors[led + 2] ?? 0
      if (step === 4) sorted[led + 3] = colors[led + 3] ?? 0
    }
  }
}
