import type { PictureSize } from './picture.ts'

/**
 * The colours of the test card clockwise from the top left corner: each edge has two halves. Once
 * around the colour wheel, so that a strip mounted the wrong way round shows at a glance.
 */
export const TEST_CARD_COLORS = [
  { edge: 'top', rgb: [255, 0, 0] },
  { edge: 'top', rgb: [255, 128, 0] },
  { edge: 'right', rgb: [255, 255, 0] },
  { edge: 'right', rgb: [0, 255, 0] },
  { edge: 'bottom', rgb: [0, 255, 255] },
  { edge: 'bottom', rgb: [0, 0, 255] },
  { edge: 'left', rgb: [128, 0, 255] },
  { edge: 'left', rgb: [255, 0, 255] },
] as const

/** From the left end of its way to the right one and back. */
export const MARKER_PERIOD_MS = 12_000
const MARKER_WIDTH_SHARE = 1 / 8

/**
 * Paints the test card as it is `timeMs` after its start into `frame` (RGB24). The picture is cut
 * along its diagonals into the four edges, each in two colours.
 *
 * Only one thing moves: a soft white marker, in the top quarter and the middle half of the picture's
 * width. So what LEDs of the right, bottom and left edge see never changes while they look at most
 * 25 % deep, and LEDs of the top edge tell whether frames arrive. A pure function of its parameters;
 * allocates nothing.
 */
export function paintTestCard(frame: Uint8Array, size: PictureSize, timeMs: number): void {
  const { width, height } = size
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const color = TEST_CARD_COLORS[toZone((x + 0.5) / width, (y + 0.5) / height)]
      const white = y < height / 4 ? toMarkerShare(x + 0.5, width, timeMs) : 0
      frame[at] = blend(color?.rgb[0] ?? 0, white)
      frame[at + 1] = blend(color?.rgb[1] ?? 0, white)
      frame[at + 2] = blend(color?.rgb[2] ?? 0, white)
    }
  }
}

/** The time the card shows in frame number `index` of a source of `fps` frames per second. */
export function toTestCardTimeMs(index: number, fps: number): number {
  return (index * 1_000) / fps
}

/** The index into the colours at a point, `x` and `y` from 0 to 1. */
function toZone(x: number, y: number): number {
  const isAboveFalling = x > y
  const isAboveRising = x < 1 - y
  if (isAboveFalling && isAboveRising) return x < 0.5 ? 0 : 1
  if (isAboveFalling) return y < 0.5 ? 2 : 3
  if (!isAboveRising) return x > 0.5 ? 4 : 5
  return y > 0.5 ? 6 : 7
}

/** How white the marker makes a column, 0-1: full in its middle, none at its ends. */
function toMarkerShare(x: number, width: number, timeMs: number): number {
  const phase = (timeMs % MARKER_PERIOD_MS) / MARKER_PERIOD_MS
  const along = phase < 0.5 ? phase * 2 : 2 - phase * 2
  const halfWidth = (width * MARKER_WIDTH_SHARE) / 2
  // Its ends stay between a quarter and three quarters of the width.
  const middle = width / 4 + halfWidth + along * (width / 2 - 2 * halfWidth)
  return Math.max(0, 1 - Math.abs(x - middle) / halfWidth)
}

function blend(value: number, white: number): number {
  return white === 0 ? value : Math.round(value + (255 - value) * white)
}
