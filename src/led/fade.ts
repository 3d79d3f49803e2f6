/** Long enough that no jump is seen, short enough that a slider acts at once. */
export const FADE_MS = 150

/** Leads from the values shown under old settings to those under new ones. */
export class Fade {
  readonly #from: Float32Array
  readonly #startMs: number

  /** @param from the values last shown; kept as a copy. */
  constructor(from: Float32Array, startMs: number) {
    this.#from = from.slice()
    this.#startMs = startMs
  }

  isOver(nowMs: number): boolean {
    return nowMs - this.#startMs >= FADE_MS
  }

  apply(values: Float32Array, nowMs: number): void {
    const share = Math.min(1, Math.max(0, (nowMs - this.#startMs) / FADE_MS))
    for (let i = 0; i < values.length; i += 1) {
      const from = this.#from[i] ?? 0
      values[i] = from + ((values[i] ?? 0) - from) * share
    }
  }
}
