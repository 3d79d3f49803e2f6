import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { Backoff } from '../../src/lib/backoff.ts'
import { type FfmpegInput, toFfmpegArguments } from './ffmpeg-arguments.ts'
import { type FfmpegOptions, FfmpegRun } from './ffmpeg-run.ts'
import type { FailureKind, FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'

/** A run that lasted this long was a good one: the next failure is retried soon again. */
const STEADY_MS = 30_000
/** A screen, a camera and a file all deliver within this time, or not at all. */
const SILENCE_MS = 5_000
/** Between two rounds of a video that ffmpeg itself cannot repeat. */
const REPEAT_MS = 100

/** Tells that what ffmpeg reads is gone, where ffmpeg itself does not notice. */
export interface PictureWatch {
  start(): void
  stop(): void
}

export interface FfmpegSourceOptions {
  readonly description: SourceDescription
  /** Asked before every try. */
  readonly prepare: () => FfmpegInput | { readonly missing: string }
  readonly silenceMs?: number
  /** What the end of the input is: nothing that should happen, unless told. */
  readonly atEnd?: 'repeat' | 'finish'
  /** Started with the first frame of each run. */
  readonly watch?: (onGone: (reason: string) => void) => PictureWatch
  readonly toShownReason?: FfmpegOptions['toShownReason']
}

/** Pictures through ffmpeg. Whatever ends it, it is tried again after 1 s, 2 s … 30 s. */
export class FfmpegSource implements FrameSource {
  readonly description: SourceDescription
  readonly #options: FfmpegSourceOptions
  readonly #events: SourceEvents
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 30_000 })
  #run: FfmpegRun | undefined
  #watch: PictureWatch | undefined
  #retry: NodeJS.Timeout | undefined
  #firstFrameMs: number | undefined
  #isStopped = false

  constructor(options: FfmpegSourceOptions, events: SourceEvents) {
    this.#options = options
    this.#events = events
    this.description = options.description
  }

  start(): void {
    const prepared = this.#options.prepare()
    if ('missing' in prepared) {
      this.#fail(prepared.missing, 'failed')
      return
    }
    this.#firstFrameMs = undefined
    const { toShownReason } = this.#options
    const options: FfmpegOptions = {
      args: toFfmpegArguments(prepared, SOURCE_SIZE),
      frameBytes: toFrameBytes(SOURCE_SIZE),
      silenceMs: this.#options.silenceMs ?? SILENCE_MS,
      ...(toShownReason && { toShownReason }),
    }
    const run = new FfmpegRun(options, {
      onFrame: (frame, replaced, frameMs) => this.#take(frame, replaced, frameMs),
      onEnd: (reason, kind) => this.#end(reason, kind),
    })
    this.#run = run
    this.#watch = this.#options.watch?.((reason) => run.abort(reason))
    run.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#watch?.stop()
    await this.#run?.stop()
  }

  #take(frame: Uint8Array, replaced: number, frameMs: number): void {
    if (this.#firstFrameMs === undefined) {
      this.#firstFrameMs = performance.now()
      this.#watch?.start()
    }
    this.#events.onFrame(frame, replaced, frameMs)
  }

  #end(reason: string, kind: FailureKind | 'ended'): void {
    const firstFrameMs = this.#firstFrameMs
    if (firstFrameMs !== undefined && performance.now() - firstFrameMs > STEADY_MS) this.#backoff.reset()
    if (kind !== 'ended') {
      this.#fail(reason, kind)
      return
    }
    const { atEnd } = this.#options
    if (atEnd === undefined || firstFrameMs === undefined) {
      this.#fail(reason, 'failed')
      return
    }
    this.#watch?.stop()
    if (atEnd === 'finish') this.#events.onEnd()
    else this.#startIn(REPEAT_MS)
  }

  #fail(reason: string, kind: FailureKind): void {
    this.#watch?.stop()
    this.#events.onFailure(reason, kind)
    this.#startIn(this.#backoff.nextMs())
  }

  #startIn(waitMs: number): void {
    if (!this.#isStopped) this.#retry = setTimeout(() => this.start(), waitMs)
  }
}
