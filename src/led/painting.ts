import type { Color } from './colors.ts'
import { mix, parseColor, toHue } from './colors.ts'
import { type PictureSize, toFrameBytes } from './picture.ts'

/** Paints what a picture shows `timeMs` after its start into `frame` (RGB24). Allocates nothing per frame. */
export type Painter = (frame: Uint8Array, timeMs: number) => void

/** All of the picture in one colour, `#rrggbb`. */
export function paintColor(size: PictureSize, color: string): Painter {
  const picture = toPicture(size, () => parseColor(color))
  return (frame) => frame.set(picture)
}

export interface GradientStop {
  /** 0-1 along the way. */
  readonly at: number
  /** `#rrggbb` */
  readonly color: string
}

/**
 * Colours on the way from one side of the picture to the other, mixed as light. Before the first stop and
 * after the last there are their colours.
 *
 * @param angleDegrees where the way leads: 0 to the right, 90 down.
 */
export function paintGradient(
  size: PictureSize,
  stops: readonly GradientStop[],
  angleDegrees: number,
): Painter {
  const sorted = stops.map(({ at, color }) => ({ at, color: parseColor(color) })).sort((a, b) => a.at - b.at)
  const angle = (angleDegrees * Math.PI) / 180
  const [alongX, alongY] = [Math.cos(angle), Math.sin(angle)]
  // From corner to corner: what lies farthest along the way in either direction.
  const reach =
    (Math.abs(alongX) * Math.max(1, size.width - 1) + Math.abs(alongY) * Math.max(1, size.height - 1)) / 2
  const picture = toPicture(size, (x, y) => {
    const along = (x - (size.width - 1) / 2) * alongX + (y - (size.height - 1) / 2) * alongY
    return colorAt(sorted, 0.5 + along / (2 * reach))
  })
  return (frame) => frame.set(picture)
}

function colorAt(stops: readonly { readonly at: number; readonly color: Color }[], at: number): Color {
  const nextIndex = stops.findIndex((stop) => stop.at >= at)
  const next = stops[nextIndex]
  const last = stops[nextIndex < 0 ? stops.length - 1 : nextIndex - 1]
  if (next === undefined || last === undefined) return (next ?? last)?.color ?? toHue(0)
  return mix(last.color, next.color, (at - last.at) / (next.at - last.at))
}

function toPicture({ width, height }: PictureSize, colorOf: (x: number, y: number) => Color): Uint8Array {
  const picture = new Uint8Array(toFrameBytes({ width, height }))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) picture.set(colorOf(x, y), (y * width + x) * 3)
  }
  return picture
}
