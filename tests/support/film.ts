import { execFileSync } from 'node:child_process'

export interface FilmOptions {
  readonly width: number
  readonly height: number
  /** Frames a second, as ffmpeg takes it: `30`, `24000/1001`. */
  readonly rate: string
  readonly seconds: number
  /** So long it is blue, and so long red: in frames. */
  readonly colorFrames: number
}

/** Makes a film in H.264 that is blue first, then red, blue … */
export function makeFilm(file: string, { width, height, rate, seconds, colorFrames }: FilmOptions): void {
  const isBlue = `lt(mod(n\\,${2 * colorFrames})\\,${colorFrames})`
  const graph = `color=c=red:s=${width}x${height}:r=${rate}:d=${seconds},drawbox=c=blue:t=fill:enable='${isBlue}'`
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y']
  const encoding = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '30']
  execFileSync('ffmpeg', [...quiet, '-f', 'lavfi', '-i', graph, ...encoding, file])
}
