import { SOURCE_SIZE } from '../../src/led/picture.ts'
import type { ScreenSettings } from './screen-grab.ts'

export interface RgbaPicture {
  /** 4 bytes per pixel, row by row. */
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** As many pixels of each side of a cell are read; all of a 4K screen would take longer than a frame. */
const MAX_SAMPLES = 4

/**
 * Scales a picture, or a region of it, to a frame of `SOURCE_SIZE`. Each pixel is the mean of up to 16 spread over
 * its cell. What of the region lies outside of the picture is left out; of a region that lies outside altogether
 * the nearest pixels are taken.
 */
export function shrinkRgba(picture: RgbaPicture, region: ScreenSettings['region'], frame: Uint8Array): void {
  const { width, height } = SOURCE_SIZE
  const left = Math.min(region?.left ?? 0, picture.width - 1)
  const top = Math.min(region?.top ?? 0, picture.height - 1)
  const across = Math.min(region?.width ?? picture.width, picture.width - left)
  const down = Math.min(region?.height ?? picture.height, picture.height - top)
  for (let y = 0, out = 0; y < height; y += 1) {
    const firstRow = top + Math.floor((y * down) / height)
    const endRow = Math.max(firstRow + 1, top + Math.floor(((y + 1) * down) / height))
    for (let x = 0; x < width; x += 1, out += 3) {
      const firstColumn = left + Math.floor((x * across) / width)
      const endColumn = Math.max(firstColumn + 1, left + Math.floor(((x + 1) * across) / width))
      meanInto(picture, firstColumn, firstRow, endColumn, endRow, frame, out)
    }
  }
}

function meanInto(
  { pixels, width }: RgbaPicture,
  left: number,
  top: number,
  right: number,
  bottom: number,
  frame: Uint8Array,
  out: number,
): void {
  const stepX = Math.ceil((right - left) / MAX_SAMPLES)
  const stepY = Math.ceil((bottom - top) / MAX_SAMPLES)
  let count = 0
  let red = 0
  let green = 0
  let blue = 0
  for (let y = top; y < bottom; y += stepY) {
    for (let x = left; x < right; x += stepX) {
      const at = (y * width + x) * 4
      red += pixels[at] ?? 0
      green += pixels[at + 1] ?? 0
      blue += pixels[at + 2] ?? 0
      count += 1
    }
  }
  frame[out] = red / count
  frame[out + 1] = green / count
  frame[out + 2] = blue / count
}
