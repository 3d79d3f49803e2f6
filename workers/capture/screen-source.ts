import { SOURCE_SIZE } from '../../src/led/picture.ts'
import { Backoff } from '../../src/lib/backoff.ts'
import { DisplayWatch } from './display-watch.ts'
import { FfmpegSource } from './ffmpeg-source.ts'
import type { FailureKind, FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'
import {
  findCaution,
  findDisplay,
  type ScreenSettings,
  toFfmpegBackend,
  toScreenInput,
} from './screen-grab.ts'
import { ScreenshotSource } from './screenshot-source.ts'

/** Screenshots that went well for so long: the next failure is retried soon again. */
const STEADY_MS = 30_000

/**
 * A screen, by what can capture it: ffmpeg, or screenshots where there is no ffmpeg. Whatever ends one, it is
 * tried again, ffmpeg first.
 */
export class ScreenSource implements FrameSource {
  readonly description: SourceDescription
  readonly #settings: ScreenSettings
  readonly #events: SourceEvents
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 30_000 })
  #current: FrameSource
  /** The back end whose frames were last passed on. */
  #shown: string
  /** Why the screenshots are tried; undefined: they are not. */
  #fallback: string | undefined
  #startedMs = 0
  #retry: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(settings: ScreenSettings, events: SourceEvents) {
    this.#settings = settings
    this.#events = events
    this.#current = settings.backend === 'node-screenshots' ? this.#toScreenshots() : this.#toFfmpeg()
    this.description = this.#current.description
    this.#shown = this.description.backend
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#current.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#retry)
    await this.#current.stop()
  }

  #toFfmpeg(): FrameSource {
    return toGrab(this.#settings, {
      ...this.#events,
      onFrame: (frame, replaced, frameMs) => this.#take(frame, replaced, frameMs),
      onFailure: (reason, kind) => this.#ffmpegFailed(reason, kind),
    })
  }

  #toScreenshots(): FrameSource {
    return new ScreenshotSource(this.#settings, {
      ...this.#events,
      onFrame: (frame, replaced, frameMs) => this.#take(frame, replaced, frameMs),
      onFailure: (reason, kind) => this.#screenshotsFailed(reason, kind),
    })
  }

  #take(frame: Uint8Array, replaced: number, frameMs: number): void {
    const { description } = this.#current
    if (description.backend !== this.#shown) {
      this.#shown = description.backend
      this.#events.onBackend(description, this.#fallback ?? 'ffmpeg can be used again')
    }
    this.#events.onFrame(frame, replaced, frameMs)
  }

  #ffmpegFailed(reason: string, kind: FailureKind): void {
    if (kind !== 'absent' || this.#settings.backend !== 'auto') {
      this.#events.onFailure(reason, kind)
      return
    }
    this.#fallback = reason
    this.#use(this.#toScreenshots())
  }

  #screenshotsFailed(reason: string, kind: FailureKind): void {
    if (performance.now() - this.#startedMs > STEADY_MS) this.#backoff.reset()
    // Whoever has neither is told of the one that is worth installing.
    const other = kind === 'absent' ? '' : `; screenshots cannot be taken either: ${reason}`
    this.#events.onFailure(this.#fallback === undefined ? reason : this.#fallback + other, 'failed')
    this.#fallback = undefined
    if (this.#isStopped) return
    this.#retry = setTimeout(() => {
      this.#use(this.#settings.backend === 'auto' ? this.#toFfmpeg() : this.#toScreenshots())
    }, this.#backoff.nextMs())
  }

  #use(next: FrameSource): void {
    void this.#current.stop()
    if (this.#isStopped) return
    this.#current = next
    this.#startedMs = performance.now()
    next.start()
  }
}

/** The screen through ffmpeg. */
function toGrab(
  { backend, display: wanted, region, fps }: ScreenSettings,
  events: SourceEvents,
): FrameSource {
  const grab = toFfmpegBackend(backend, process.platform)
  const shown = wanted ?? (grab === 'x11grab' ? (process.env.DISPLAY ?? '') : '0')
  const part = region
    ? { left: region.left, top: region.top, region: `${region.width}x${region.height}` }
    : {}
  return new FfmpegSource(
    {
      description: {
        backend: grab,
        what: shown === '' ? 'the screen' : `the screen ${shown}`,
        caution: findCaution(grab, wanted, process.env),
        metadata: { display: shown, fps, ...SOURCE_SIZE, ...part },
      },
      prepare: () => {
        const found = findDisplay(grab, wanted, process.env)
        return 'missing' in found ? found : toScreenInput(grab, found.display, { fps, region })
      },
      ...(grab === 'x11grab' && {
        watch: (onGone) =>
          new DisplayWatch(shown, {
            onGone: () => onGone(`the X server of display ${shown} has ended`),
            // A part of the screen stays where it is.
            ...(region === null && {
              onResize: ({ width, height }) =>
                onGone(`the screen ${shown} is now ${width}x${height} pixels large`),
            }),
          }),
      }),
    },
    events,
  )
}
