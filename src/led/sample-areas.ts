import type { LedLayout } from './layout.ts'
import { toMatrixAreas } from './matrix-areas.ts'
import { type PictureSize, type PictureWindow, toWholeWindow } from './picture.ts'
import type { SampleAreas } from './sampling.ts'
import { toStripAreas } from './strip-areas.ts'

/**
 * The areas of `ledCount` LEDs in a picture of `size`, of which only `window` is looked at. The areas of
 * neighbours touch; with more LEDs than pixels they share a pixel, and each still has one.
 */
export function toSampleAreas(
  layout: LedLayout,
  ledCount: number,
  size: PictureSize,
  window: PictureWindow = toWholeWindow(size),
): SampleAreas {
  return layout.type === 'matrix'
    ? toMatrixAreas(layout, ledCount, window)
    : toStripAreas(layout, ledCount, window)
}
