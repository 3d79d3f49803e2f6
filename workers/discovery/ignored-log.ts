const INTERVAL_MS = 60_000

/** Counts what was heard and not acted upon, and says so at most once a minute. */
export class IgnoredLog {
  readonly #write: (counts: Readonly<Record<string, number>>) => void
  #counts: Record<string, number> = {}
  #timer: NodeJS.Timeout | undefined

  constructor(write: (counts: Readonly<Record<string, number>>) => void) {
    this.#write = write
  }

  /** `what` is one of a few fixed phrases, never text from outside. */
  add(what: string, count: number): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + count
    if (this.#timer === undefined) this.#flush()
  }

  /** Says what is left. */
  stop(): void {
    clearTimeout(this.#timer)
    if (Object.keys(this.#counts).length > 0) this.#write(this.#counts)
    this.#counts = {}
  }

  #flush(): void {
    this.#timer = undefined
    if (Object.keys(this.#counts).length === 0) return
    this.#write(this.#counts)
    this.#counts = {}
    this.#timer = setTimeout(() => this.#flush(), INTERVAL_MS)
  }
}
