import type { PictureSize } from '../../src/led/picture.ts'

export interface ScreenGrab {
  /** X11 display such as `:0.0`. */
  readonly display: string
  readonly fps: number
  readonly size: PictureSize
}

/**
 * ffmpeg's arguments to grab a whole X11 display, scale it and write raw RGB24 to its standard output.
 *
 * `-threads 1` belongs to the output: without it the raw encoder's threads hold frames back, and a
 * change on the screen takes 26 ms to arrive instead of 7. `fast_bilinear` costs a sixth of `area`.
 */
export function toGrabArguments({ display, fps, size }: ScreenGrab): readonly string[] {
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error']
  const input = ['-f', 'x11grab', '-framerate', String(fps), '-draw_mouse', '0', '-i', display]
  const scale = ['-vf', `scale=${size.width}:${size.height}:flags=fast_bilinear`]
  const output = ['-pix_fmt', 'rgb24', '-threads', '1', '-flush_packets', '1', '-f', 'rawvideo', 'pipe:1']
  return [...quiet, ...input, ...scale, ...output]
}

/** The display to grab, or why there is none. Reads the environment anew each time. */
export function findDisplay(
  wanted: string | null,
  env: NodeJS.ProcessEnv,
): { readonly display: string } | { readonly missing: string } {
  const display = wanted ?? env.DISPLAY ?? ''
  if (display !== '') return { display }
  if (env.WAYLAND_DISPLAY) {
    return {
      missing:
        'this desktop is a Wayland session without an X11 display (WAYLAND_DISPLAY is set, DISPLAY is not); ' +
        'log in to an X11 session, or start LedGrab where XWayland has set DISPLAY',
    }
  }
  return {
    missing:
      'there is no X11 display (DISPLAY is not set); start LedGrab inside the desktop session, ' +
      'or give the source a display such as :0.0',
  }
}

/** What to tell about a display that can be grabbed but shows only part of the desktop. */
export function findCaution(wanted: string | null, env: NodeJS.ProcessEnv): string | null {
  return wanted === null && env.WAYLAND_DISPLAY
    ? 'The desktop is a Wayland session: only windows of X11 programs are seen.'
    : null
}
