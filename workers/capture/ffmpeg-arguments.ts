import type { PictureSize } from '../../src/led/picture.ts'

/** What ffmpeg reads, and what is done before the picture is scaled. */
export interface FfmpegInput {
  /** Options and `-i`, in order. */
  readonly input: readonly string[]
  readonly filters: readonly string[]
}

/**
 * ffmpeg's arguments to read pictures, scale them and write raw RGB24 to its standard output.
 *
 * `-threads 1` belongs to the output: without it the raw encoder's threads hold frames back, and a
 * change on the screen takes 26 ms to arrive instead of 7. `fast_bilinear` costs a sixth of `area`.
 */
export function toFfmpegArguments({ input, filters }: FfmpegInput, size: PictureSize): readonly string[] {
  const scale = `scale=${size.width}:${size.height}:flags=fast_bilinear`
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...input,
    ...['-map', '0:v:0', '-vf', [...filters, scale].join(',')],
    ...['-pix_fmt', 'rgb24', '-threads', '1', '-flush_packets', '1', '-f', 'rawvideo', 'pipe:1'],
  ]
}
