import type { Part } from '../lib/part.ts'

/** How something that may repeat is recorded. */
export interface Folded {
  /** Records it as it happens for the first time. */
  first(): void
  /** Records how often it happened again within the window; at least once. */
  repeated(count: number): void
}

export interface FoldingOptions {
  readonly monotonicMs?: (() => number) | undefined
  /** Default: a minute. */
  readonly windowMs?: number | undefined
  /** How many different keys are told apart in a window. Default: 1,000. */
  readonly maxKeys?: number | undefined
}

interface Window {
  readonly fold: Folded
  readonly openedMs: number
  count: number
}

/** All keys beyond the bound share this one. */
const OTHERS = '\u0000others'

/**
 * Folds what repeats into one entry per window with its count, so that nobody can flush the log by
 * doing one thing over and over. The first time is recorded at once. Memory is bounded.
 */
export class Folding implements Part {
  readonly #options: FoldingOptions
  readonly #windowMs: number
  readonly #windows = new Map<string, Window>()
  #sweeping: NodeJS.Timeout | undefined

  constructor(options: FoldingOptions = {}) {
    this.#options = options
    this.#windowMs = options.windowMs ?? 60_000
  }

  async start(): Promise<void> {
    this.#sweeping = setInterval(() => this.#sweep(false), Math.max(10, this.#windowMs / 12))
    this.#sweeping.unref()
  }

  /** Records what is still folded. */
  async stop(): Promise<void> {
    clearInterval(this.#sweeping)
    this.#sweep(true)
  }

  /**
   * Takes note of something that `key` did. `shared` is used instead of `fold` when there are too many
   * keys to tell apart.
   *
   * @returns how often it happened in this window, this time included.
   */
  note(key: string, fold: Folded, shared: Folded): number {
    const isFull = this.#windows.size >= (this.#options.maxKeys ?? 1_000)
    const isShared = isFull && !this.#windows.has(key)
    const known = this.#windows.get(isShared ? OTHERS : key)
    if (known) {
      known.count += 1
      return known.count
    }
    const chosen = isShared ? shared : fold
    this.#windows.set(isShared ? OTHERS : key, { fold: chosen, openedMs: this.#nowMs(), count: 1 })
    chosen.first()
    return 1
  }

  #sweep(isLast: boolean): void {
    const nowMs = this.#nowMs()
    for (const [key, { fold, openedMs, count }] of this.#windows) {
      if (!isLast && nowMs - openedMs < this.#windowMs) continue
      this.#windows.delete(key)
      if (count > 1) fold.repeated(count - 1)
    }
  }

  #nowMs(): number {
    return (this.#options.monotonicMs ?? (() => performance.now()))()
  }
}
