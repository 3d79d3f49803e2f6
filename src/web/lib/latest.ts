/**
 * Sends values one at a time, the newest first of all: while one is under way, those in between are
 * skipped. For sliders and drags, which change faster than anybody can store.
 */
export class LatestSender<T> {
  readonly #send: (value: T) => Promise<unknown>
  readonly #minGapMs: number
  #next: { readonly value: T } | undefined
  #running: Promise<void> | undefined

  /** At least `minGapMs` between two sendings. */
  constructor(send: (value: T) => Promise<unknown>, minGapMs: number) {
    this.#send = send
    this.#minGapMs = minGapMs
  }

  push(value: T): void {
    this.#next = { value }
    this.#running ??= this.#run()
  }

  /** Resolves when the newest value has been sent, or has failed. */
  async settle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const { value } = this.#next
      this.#next = undefined
      const gap = new Promise((resolve) => setTimeout(resolve, this.#minGapMs))
      await this.#send(value).catch(() => {})
      await gap
    }
    this.#running = undefined
  }
}
