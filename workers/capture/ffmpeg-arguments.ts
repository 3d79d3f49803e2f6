import type { PictureSize } from '../../src/led/picture.ts'

/** What ffmpeg reads, and what is done before the picture is scaled. */
export interface FfmpegInput {
  /** Options and `-i`, in order. */
  readonly input: readonly string[]
  readonly filters: readonly string[]
  /** Can be read faster than it is meant to be seen: each frame is held until its time. */
  readonly isTimed?: boolean
  /** So many frames a second are written: others are left out or repeated, none waits for the next one. */
  readonly liveFps?: number
}

/**
 * Options for what is decoded as it happens. Threads that decode a frame each hold back as many frames as there are threads,
 * and the filter `fps` one more: a change in a stream at 25 frames a second came after 123 ms, and comes after 2
 * (ffmpeg 5.1 on two cores, 2026-11-23).
 */
export const LIVE_INPUT: readonly string[] = ['-thread_type', 'slice']

/**
 * ffmpeg's arguments to read pictures, scale them and write raw RGB24 to its standard output.
 *
 * `-threads 1` belongs to the output: without it the raw encoder's threads hold frames back, and a
 * change on the screen takes 26 ms to arrive instead of 7.
 *
 * `neighbor` takes the pixel in the middle of each, with its own colour (`full_chroma_int`), and costs a third of `area`.
 * `fast_bilinear` costs as much and gives neighbours half of each other's colour, further off towards the right: of 64 LEDs
 * along the top of 1920x1080 in red, green and blue by turns, 46 were brightest in another one (2026-11-23).
 *
 * A film is held back by the filter `realtime`, after everything else is done: 99 of 100 frames then come within 0.4 ms
 * of their time. With the option `-re`, which reads no faster, it is 6 ms (ffmpeg 5.1, 2026-11-23).
 */
export function toFfmpegArguments(
  { input, filters, isTimed = false, liveFps }: FfmpegInput,
  size: PictureSize,
): readonly string[] {
  const scale = `scale=${size.width}:${size.height}:flags=neighbor+full_chroma_int`
  const graph = [...filters, scale, ...(isTimed ? ['realtime'] : [])]
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...input,
    ...['-map', '0:v:0', '-vf', graph.join(',')],
    ...(liveFps === undefined ? [] : ['-r', String(liveFps)]),
    ...['-pix_fmt', 'rgb24', '-threads', '1', '-flush_packets', '1', '-f', 'rawvideo', 'pipe:1'],
  ]
}
