import type { PictureSize } from './picture.ts'

/** As many pixels of a line are looked at. */
const MAX_SAMPLES = 64

/** The lines of a picture from one side to the other: its rows, or its columns. */
export interface Lines {
  readonly count: number
  /** Of each line. */
  readonly pixels: number
  /** Bytes from line to line, and along a line. */
  readonly stepBytes: number
  readonly alongBytes: number
}

export function toRows({ width, height }: PictureSize): Lines {
  return { count: height, pixels: width, stepBytes: width * 3, alongBytes: 3 }
}

export function toColumns({ width, height }: PictureSize): Lines {
  return { count: width, pixels: height, stepBytes: 3, alongBytes: width * 3 }
}

/** When a line counts as lit, and what of it is looked at. */
export interface LitRule {
  /** A pixel is lit when one of its colours is above this sRGB value. */
  readonly level: number
  /** More than this share of the pixels must be lit. */
  readonly share: number
}

/**
 * Whether a line is lit, without `from` pixels at its beginning and `to` at its end. Stops at the pixel that
 * decides it.
 */
export function isLineLit(
  frame: Uint8Array,
  { pixels, stepBytes, alongBytes }: Lines,
  line: number,
  { level, share }: LitRule,
  from = 0,
  to = 0,
): boolean {
  const span = pixels - to - from
  const step = Math.max(1, Math.floor(span / MAX_SAMPLES))
  let missing = Math.floor(Math.ceil(span / step) * share) + 1
  const stride = step * alongBytes
  const end = line * stepBytes + (pixels - to) * alongBytes
  for (let at = line * stepBytes + from * alongBytes; at < end; at += stride) {
    if ((frame[at] ?? 0) <= level && (frame[at + 1] ?? 0) <= level && (frame[at + 2] ?? 0) <= level) continue
    missing -= 1
    if (missing === 0) return true
  }
  return false
}
