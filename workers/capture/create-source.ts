import { paintEffect } from '../../src/led/effects.ts'
import { paintColor, paintGradient } from '../../src/led/painting.ts'
import { SOURCE_SIZE } from '../../src/led/picture.ts'
import { paintTestCard } from '../../src/led/test-card.ts'
import type { SettingsOfSource, SourceSettings } from '../../src/protocol/api-sources.ts'
import {
  hideSecrets,
  isLiveLocation,
  toShownLocation,
  toVideoScheme,
} from '../../src/protocol/video-location.ts'
import { assertNever } from '../../src/protocol/worker-messages.ts'
import { toCameraInput } from './camera-input.ts'
import { FfmpegSource } from './ffmpeg-source.ts'
import type { FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'
import { PaintedSource } from './painted-source.ts'
import { ScreenSource } from './screen-source.ts'
import { toVideoInput } from './video-input.ts'

/** Addresses on a network are given more time than a screen or a file. */
const REMOTE_SILENCE_MS = 15_000
/** Often enough that nobody takes a picture that does not move for a source that has gone. */
const STILL_FPS = 1

export function createSource(settings: SourceSettings, events: SourceEvents): FrameSource {
  switch (settings.type) {
    case 'screen':
      return new ScreenSource(settings, events)
    case 'camera':
      return createCamera(settings, events)
    case 'video':
      return createVideo(settings, events)
    case 'testcard':
      return new PaintedSource(
        {
          fps: settings.fps,
          paint: (frame, timeMs) => paintTestCard(frame, SOURCE_SIZE, timeMs),
          description: describe('testcard', 'the built-in test card', settings.fps),
        },
        events,
      )
    case 'color':
      return new PaintedSource(
        {
          fps: STILL_FPS,
          paint: paintColor(SOURCE_SIZE, settings.color),
          description: describe('color', `the colour ${settings.color}`, STILL_FPS),
        },
        events,
      )
    case 'gradient':
      return new PaintedSource(
        {
          fps: STILL_FPS,
          paint: paintGradient(SOURCE_SIZE, settings.stops, settings.angle_degrees),
          description: describe('gradient', 'a gradient', STILL_FPS),
        },
        events,
      )
    case 'effect':
      return new PaintedSource(
        {
          fps: settings.fps,
          paint: paintEffect(SOURCE_SIZE, settings),
          description: describe(settings.effect, `the effect "${settings.effect}"`, settings.fps),
        },
        events,
      )
    default:
      return assertNever(settings)
  }
}

/** Whether the pictures are made here, and cannot fail. */
export function isPainted({ type }: SourceSettings): boolean {
  return type === 'testcard' || type === 'color' || type === 'gradient' || type === 'effect'
}

function createCamera(settings: SettingsOfSource<'camera'>, events: SourceEvents): FrameSource {
  const { device, fps } = settings
  return new FfmpegSource(
    {
      description: describe('v4l2', `the camera ${device}`, fps, { device }),
      prepare: () => toCameraInput(settings),
    },
    events,
  )
}

function createVideo(settings: SettingsOfSource<'video'>, events: SourceEvents): FrameSource {
  const { location, loop, fps } = settings
  const shown = toShownLocation(location)
  const isRemote = toVideoScheme(location) !== undefined
  return new FfmpegSource(
    {
      description: describe('ffmpeg', `the video ${shown}`, fps, { location: shown, loop }),
      prepare: () => toVideoInput(settings),
      // A stream that ends has failed: it is tried again, at ever longer intervals.
      ...(!isLiveLocation(location) && { atEnd: loop ? 'repeat' : 'finish' }),
      toShownReason: (reason) => hideSecrets(reason, location),
      ...(isRemote && { silenceMs: REMOTE_SILENCE_MS }),
    },
    events,
  )
}

function describe(
  backend: string,
  what: string,
  fps: number,
  metadata: SourceDescription['metadata'] = {},
): SourceDescription {
  return { backend, what, caution: null, metadata: { ...metadata, fps, ...SOURCE_SIZE } }
}
