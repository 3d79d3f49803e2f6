import type { Painter } from '../../src/led/painting.ts'
import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import type { FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'
import { PreciseTimer } from './precise-timer.ts'

export interface PaintedPicture {
  readonly paint: Painter
  /** Frames per second; one for what does not move. */
  readonly fps: number
  readonly description: SourceDescription
}

/**
 * Pictures made here. Frame number n is due n / fps seconds after the start, whatever the frames
 * before it took: a late one does not shift the rest, and what is missed altogether is skipped.
 */
export class PaintedSource implements FrameSource {
  readonly description: SourceDescription
  readonly #events: SourceEvents
  readonly #picture: PaintedPicture
  readonly #frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  #startedMs = 0
  #index = 0
  readonly #timer = new PreciseTimer(() => this.#show())

  constructor(picture: PaintedPicture, events: SourceEvents) {
    this.#picture = picture
    this.#events = events
    this.description = picture.description
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#arm()
  }

  async stop(): Promise<void> {
    this.#timer.clear()
  }

  #arm(): void {
    this.#timer.set(this.#startedMs + this.#timeMs())
  }

  #show(): void {
    this.#picture.paint(this.#frame, this.#timeMs())
    this.#events.onFrame(this.#frame, 0, performance.now())
    const elapsedFrames = Math.floor(((performance.now() - this.#startedMs) * this.#picture.fps) / 1_000)
    this.#index = Math.max(this.#index + 1, elapsedFrames)
    this.#arm()
  }

  #timeMs(): number {
    return (this.#index * 1_000) / this.#picture.fps
  }
}
