import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { Backoff } from '../../src/lib/backoff.ts'
import { DisplayWatch } from './display-watch.ts'
import { FfmpegRun } from './ffmpeg-run.ts'
import type { FailureKind, FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'
import { findCaution, findDisplay, toGrabArguments } from './screen-grab.ts'

/** A grab that lasted this long was a good one: the next failure is retried soon again. */
const STEADY_MS = 30_000

export interface ScreenSettings {
  /** X11 display such as `:0.0`; null: the environment's. */
  readonly display: string | null
  readonly fps: number
}

/** An X11 display through ffmpeg. Whatever ends the grab, it is tried again after 1 s, 2 s … 30 s. */
export class ScreenSource implements FrameSource {
  readonly description: SourceDescription
  readonly #settings: ScreenSettings
  readonly #events: SourceEvents
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 30_000 })
  #run: FfmpegRun | undefined
  #watch: DisplayWatch | undefined
  #retry: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(settings: ScreenSettings, events: SourceEvents) {
    this.#settings = settings
    this.#events = events
    const display = settings.display ?? process.env.DISPLAY ?? ''
    this.description = {
      backend: 'x11grab',
      what: display === '' ? 'the screen' : `the screen ${display}`,
      caution: findCaution(settings.display, process.env),
      metadata: { display, fps: settings.fps, width: SOURCE_SIZE.width, height: SOURCE_SIZE.height },
    }
  }

  start(): void {
    const found = findDisplay(this.#settings.display, process.env)
    if ('missing' in found) {
      this.#fail(found.missing, 'failed')
      return
    }
    const { display } = found
    const args = toGrabArguments({ display, fps: this.#settings.fps, size: SOURCE_SIZE })
    let firstFrameMs: number | undefined
    const run = new FfmpegRun(args, toFrameBytes(SOURCE_SIZE), {
      onFrame: (frame, replaced) => {
        if (firstFrameMs === undefined) {
          firstFrameMs = performance.now()
          this.#watch?.start()
        }
        this.#events.onFrame(frame, replaced)
      },
      onEnd: (reason, kind) => {
        if (firstFrameMs !== undefined && performance.now() - firstFrameMs > STEADY_MS) this.#backoff.reset()
        this.#fail(reason, kind)
      },
    })
    this.#run = run
    this.#watch = new DisplayWatch(display, () => run.abort(`the X server of display ${display} has ended`))
    run.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#watch?.stop()
    await this.#run?.stop()
  }

  #fail(reason: string, kind: FailureKind): void {
    this.#watch?.stop()
    this.#events.onFailure(reason, kind)
    if (!this.#isStopped) this.#retry = setTimeout(() => this.start(), this.#backoff.nextMs())
  }
}
