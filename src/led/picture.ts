/** Width and height in pixels. A frame of that size is `width * height * 3` bytes: RGB24, row by row. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/**
 * What every source is scaled to before its colours are read. More pixels would not be seen: an LED
 * shows the mean of its part of the border anyway.
 */
export const SOURCE_SIZE: PictureSize = { width: 128, height: 72 }

export function toFrameBytes(size: PictureSize): number {
  return size.width * size.height * 3
}

/** The part of a picture that shows something, in pixels; right and bottom exclusive. */
export interface PictureWindow {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export function toWholeWindow({ width, height }: PictureSize): PictureWindow {
  return { left: 0, top: 0, right: width, bottom: height }
}

/** Shares such as 1/3 are not exact, and `floor` must not lose a pixel to that. */
const ROUNDING = 1e-9

/**
 * The pixels from share `start` to share `end` of the way between two sides, at least one. With `from`
 * beyond `to` the way leads to the left or up, and the first number is still the one nearer to `from`.
 */
export function toPixels(from: number, to: number, start: number, end: number): [number, number] {
  const way = Math.abs(to - from)
  const first = Math.min(way - 1, Math.floor(start * way + ROUNDING))
  const last = Math.max(first + 1, Math.floor(end * way + ROUNDING))
  return to > from ? [from + first, from + last] : [from - first, from - last]
}
