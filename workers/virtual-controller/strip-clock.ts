import type { LedStrip } from './led-strip.ts'

/** Ticks a strip when something of it is due. */
export class StripClock {
  readonly #strip: LedStrip
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | undefined
  #firesMs = Number.POSITIVE_INFINITY

  /** @param nowMs the clock of the strip. */
  constructor(strip: LedStrip, nowMs: () => number) {
    this.#strip = strip
    this.#nowMs = nowMs
  }

  /** Call it after every change to the strip. Cheap: a timer that fires early enough stays. */
  arm(): void {
    const next = this.#strip.nextTickMs
    if (next === undefined || next >= this.#firesMs) return
    clearTimeout(this.#timer)
    this.#firesMs = next
    // Past the moment, not at it: both limits are strict, and timers may fire a little early.
    this.#timer = setTimeout(() => this.#fire(), next - this.#nowMs() + 1)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #fire(): void {
    this.#firesMs = Number.POSITIVE_INFINITY
    this.#strip.tick()
    this.arm()
  }
}
