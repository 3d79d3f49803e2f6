import type { ScreenBackend, SettingsOfSource } from '../../src/protocol/api-sources.ts'
import { assertNever } from '../../src/protocol/worker-messages.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'

export type ScreenSettings = Omit<SettingsOfSource<'screen'>, 'type'>
/** A device of ffmpeg that captures a screen. */
export type FfmpegBackend = Exclude<ScreenBackend, 'auto' | 'node-screenshots'>
type Region = NonNullable<ScreenSettings['region']>

/** What `auto` is on a system. */
export function toFfmpegBackend(backend: ScreenBackend, platform: NodeJS.Platform): FfmpegBackend {
  if (backend !== 'auto' && backend !== 'node-screenshots') return backend
  if (platform === 'win32') return 'gdigrab'
  return platform === 'darwin' ? 'avfoundation' : 'x11grab'
}

/**
 * What ffmpeg is told to read of a screen.
 *
 * @param display as `findDisplay` gives it: an X11 display, or the number of a screen.
 * @see https://ffmpeg.org/ffmpeg-devices.html, for `ddagrab` https://ffmpeg.org/ffmpeg-filters.html#ddagrab
 */
export function toScreenInput(
  backend: FfmpegBackend,
  display: string,
  { fps, region }: Pick<ScreenSettings, 'fps' | 'region'>,
): FfmpegInput {
  const rate = ['-framerate', String(fps)]
  switch (backend) {
    case 'x11grab': {
      const part = region ? ['-video_size', `${region.width}x${region.height}`] : []
      const place = region ? `${display}+${region.left},${region.top}` : display
      return { input: ['-f', 'x11grab', ...rate, '-draw_mouse', '0', ...part, '-i', place], filters: [] }
    }
    case 'kmsgrab':
      return {
        input: ['-device', `/dev/dri/card${display}`, '-f', 'kmsgrab', ...rate, '-i', '-'],
        // The graphics card holds the picture; what it is tiled into, the driver undoes.
        filters: ['hwdownload', 'format=bgr0', ...toCrop(region)],
      }
    case 'ddagrab': {
      const part = region
        ? `:offset_x=${region.left}:offset_y=${region.top}:video_size=${region.width}x${region.height}`
        : ''
      const graph = `ddagrab=output_idx=${display}:framerate=${fps}:draw_mouse=0${part}`
      return { input: ['-f', 'lavfi', '-i', graph], filters: ['hwdownload', 'format=bgra'] }
    }
    case 'gdigrab': {
      const part = region
        ? [
            ...['-offset_x', String(region.left), '-offset_y', String(region.top)],
            ...['-video_size', `${region.width}x${region.height}`],
          ]
        : []
      return { input: ['-f', 'gdigrab', ...rate, '-draw_mouse', '0', ...part, '-i', 'desktop'], filters: [] }
    }
    case 'avfoundation':
      return {
        input: [
          '-f',
          'avfoundation',
          ...rate,
          '-capture_cursor',
          '0',
          '-i',
          `Capture screen ${display}:none`,
        ],
        filters: toCrop(region),
      }
    default:
      return assertNever(backend)
  }
}

function toCrop(region: Region | null): readonly string[] {
  return region ? [`crop=${region.width}:${region.height}:${region.left}:${region.top}`] : []
}

/** The display to grab, or why there is none. Reads the environment anew each time. */
export function findDisplay(
  backend: FfmpegBackend,
  wanted: string | null,
  env: NodeJS.ProcessEnv,
): { readonly display: string } | { readonly missing: string } {
  if (backend !== 'x11grab') {
    const display = wanted ?? '0'
    if (backend === 'gdigrab' && display !== '0') {
      return {
        missing:
          'gdigrab grabs all screens as one: choose a region instead of a display, or the back end ddagrab',
      }
    }
    if (!display.includes(':')) return { display }
    return { missing: `${backend} takes the number of a screen, and ${display} is an X11 display` }
  }
  const display = wanted ?? env.DISPLAY ?? ''
  if (display !== '' && !display.includes(':')) {
    return { missing: `x11grab takes an X11 display such as :0.0, and ${display} is none` }
  }
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
export function findCaution(
  backend: FfmpegBackend,
  wanted: string | null,
  env: NodeJS.ProcessEnv,
): string | null {
  return backend === 'x11grab' && wanted === null && env.WAYLAND_DISPLAY
    ? 'The desktop is a Wayland session: only windows of X11 programs are seen.'
    : null
}
