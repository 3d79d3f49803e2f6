export interface PulseOptions {
  readonly ask: () => void
  /** Called once, when so many questions in a row have had no answer. */
  readonly onSilence: () => void
  readonly everyMs: number
  readonly missed: number
}

/**
 * Asks again and again whether somebody is there. Questions are counted, not the time: while this thread itself is held up it
 * asks nothing, so nobody is taken for gone who had no chance to be heard.
 */
export class Pulse {
  readonly #options: PulseOptions
  readonly #timer: NodeJS.Timeout
  #unanswered = 0

  constructor(options: PulseOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), options.everyMs)
    this.#timer.unref()
  }

  /** Any sign of life. */
  heard(): void {
    this.#unanswered = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    if (this.#unanswered >= this.#options.missed) {
      this.stop()
      this.#options.onSilence()
      return
    }
    this.#unanswered += 1
    this.#options.ask()
  }
}
