/** A fraction so near to a whole value is none. */
const WHOLE = 1 / 64

/** Rounds values to bytes. */
export function roundValues(values: Float32Array, bytes: Uint8Array): void {
  // The half is part of the conversion, which cuts: values are never negative.
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = (values[i] ?? 0) + 0.5
}

/**
 * Rounds values to bytes such that over several frames the mean is the value itself: what rounding
 * took away is given to the next frame. Dark slopes then do not show as steps.
 */
export class Ditherer {
  readonly #rests: Float32Array

  constructor(length: number) {
    // Neighbours must not all step up in the same frame.
    this.#rests = Float32Array.from({ length }, (_, i) => ((i * 0.618034) % 1) - 0.5)
  }

  /** @returns whether the next frame will differ, the values being the same. */
  dither(values: Float32Array, bytes: Uint8Array): boolean {
    let isMoving = false
    for (let i = 0; i < bytes.length; i += 1) {
      const value = values[i] ?? 0
      const whole = Math.round(value)
      if (Math.abs(value - whole) < WHOLE) {
        bytes[i] = whole
        continue
      }
      const wanted = value + (this.#rests[i] ?? 0)
      const byte = Math.min(255, Math.max(0, Math.round(wanted)))
      bytes[i] = byte
      this.#rests[i] = wanted - byte
      isMoving = true
    }
    return isMoving
  }
}
