/**
 * Cuts a byte stream into frames, in two buffers made once: one is filled while the other holds the
 * newest whole frame. A frame that is not taken before the next one is whole is replaced by it.
 */
export class FrameAssembler {
  #filling: Uint8Array
  #whole: Uint8Array
  #filledBytes = 0
  #hasWhole = false
  #replaced = 0
  #wholeMs = 0

  constructor(frameBytes: number) {
    this.#filling = new Uint8Array(frameBytes)
    this.#whole = new Uint8Array(frameBytes)
  }

  get hasFrame(): boolean {
    return this.#hasWhole
  }

  push(chunk: Uint8Array): void {
    let read = 0
    while (read < chunk.length) {
      const part = chunk.subarray(read, read + this.#filling.length - this.#filledBytes)
      this.#filling.set(part, this.#filledBytes)
      this.#filledBytes += part.length
      read += part.length
      if (this.#filledBytes === this.#filling.length) this.#finishFrame()
    }
  }

  /**
   * Hands the newest frame, if there is one, to `use`, with how many it replaced since the last time and when it
   * was whole.
   * The frame may be read until `use` returns.
   */
  take(use: (frame: Uint8Array, replaced: number, wholeMs: number) => void): void {
    if (!this.#hasWhole) return
    const replaced = this.#replaced
    this.#hasWhole = false
    this.#replaced = 0
    use(this.#whole, replaced, this.#wholeMs)
  }

  #finishFrame(): void {
    if (this.#hasWhole) this.#replaced += 1
    const whole = this.#filling
    this.#filling = this.#whole
    this.#whole = whole
    this.#filledBytes = 0
    this.#hasWhole = true
    this.#wholeMs = performance.now()
  }
}
