/** A frame that comes so much later than expected is not waited for. */
const LATENESS_MS = 4

/**
 * When the next frame of a source is to be expected, by the last two. Light that moves by itself between two frames
 * (smoothing, a fade, dithering) must not take the turn of a frame that is about to come.
 */
export class FrameRhythm {
  #lastMs = Number.NEGATIVE_INFINITY
  #gapMs = Number.POSITIVE_INFINITY

  /** A frame came. */
  note(frameMs: number): void {
    this.#gapMs = frameMs - this.#lastMs
    this.#lastMs = frameMs
  }

  /**
   * When to send what moved meanwhile.
   *
   * @param dueMs when the device can take it.
   * @param intervalMs what the device then needs until it can take the next.
   */
  toTurnMs(dueMs: number, intervalMs: number): number {
    const nextMs = this.#lastMs + this.#gapMs
    return nextMs >= dueMs && nextMs < dueMs + intervalMs ? nextMs + LATENESS_MS : dueMs
  }
}
