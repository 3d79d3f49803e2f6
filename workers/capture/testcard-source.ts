import { SOURCE_SIZE, toFrameBytes } from '../../src/led/picture.ts'
import { paintTestCard, toTestCardTimeMs } from '../../src/led/test-card.ts'
import type { FrameSource, SourceDescription, SourceEvents } from './frame-source.ts'

/**
 * The built-in test card. Frame number n is due n / fps seconds after the start, whatever the frames
 * before it took: a late one does not shift the rest, and what is missed altogether is skipped.
 */
export class TestcardSource implements FrameSource {
  readonly description: SourceDescription
  readonly #events: SourceEvents
  readonly #fps: number
  readonly #frame = new Uint8Array(toFrameBytes(SOURCE_SIZE))
  #startedMs = 0
  #index = 0
  #timer: NodeJS.Timeout | undefined

  constructor(fps: number, events: SourceEvents) {
    this.#fps = fps
    this.#events = events
    this.description = {
      backend: 'testcard',
      what: 'the built-in test card',
      caution: null,
      metadata: { fps, width: SOURCE_SIZE.width, height: SOURCE_SIZE.height },
    }
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#arm()
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
  }

  #arm(): void {
    const dueMs = this.#startedMs + toTestCardTimeMs(this.#index, this.#fps)
    this.#timer = setTimeout(() => this.#show(), Math.max(0, dueMs - performance.now()))
  }

  #show(): void {
    paintTestCard(this.#frame, SOURCE_SIZE, toTestCardTimeMs(this.#index, this.#fps))
    this.#events.onFrame(this.#frame, 0)
    const elapsedFrames = Math.floor(((performance.now() - this.#startedMs) * this.#fps) / 1_000)
    this.#index = Math.max(this.#index + 1, elapsedFrames)
    this.#arm()
  }
}
