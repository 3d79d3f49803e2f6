/** One timer that is moved about. */
export class Wakeup {
  readonly #nowMs: () => number
  readonly #work: () => void
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #isStopped = false

  constructor(nowMs: () => number, work: () => void) {
    this.#nowMs = nowMs
    this.#work = work
  }

  /** Works at `dueMs`, which replaces what was set before; `Infinity`: not by itself. */
  at(dueMs: number): void {
    clearTimeout(this.#timer)
    if (this.#isStopped || !Number.isFinite(dueMs)) return
    // Rounded up: a timer that fires early would find nothing due.
    this.#timer = setTimeout(this.#work, Math.max(1, Math.ceil(dueMs - this.#nowMs())))
  }

  /** Works once what has already arrived is taken in; asking for it again until then changes nothing. */
  soon(): void {
    if (this.#isStopped) return
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      this.#work()
    })
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }
}
