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
