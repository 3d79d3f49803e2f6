const WINDOW_MS = 1_000

/** How many frames the last full second had. */
export class FrameCounter {
  readonly #nowMs: () => number
  #windowStartMs: number
  #inWindow = 0
  #inLastWindow = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#windowStartMs = nowMs()
  }

  get fps(): number {
    this.#roll()
    return this.#inLastWindow
  }

  count(): void {
    this.#roll()
    this.#inWindow += 1
  }

  #roll(): void {
    const windows = Math.floor((this.#nowMs() - this.#windowStartMs) / WINDOW_MS)
    if (windows < 1) return
    this.#inLastWindow = windows === 1 ? this.#inWindow : 0
    this.#inWindow = 0
    this.#windowStartMs += windows * WINDOW_MS
  }
}
