import type { Part } from '../lib/part.ts'
import { TokenBucket } from '../lib/token-bucket.ts'

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
  /** How many different keys are counted apart in a window. Default: 1,000. */
  readonly maxKeys?: number | undefined
  /** How many different keys get entries of their own at once; one more every 30 s. Default: 30. */
  readonly burst?: number | undefined
}

interface Window {
  /** Undefined for one whose entries are those of all others. */
  readonly fold: Folded | undefined
  readonly openedMs: number
  count: number
}

/** All keys beyond the bounds share this one's entries. */
const OTHERS = '\u0000others'
const REFILL_MS = 30_000

/**
 * Folds what repeats into one entry per window with its count, so that nobody can flush the log by
 * doing one thing over and over, nor by doing it in the name of many. The first time is recorded at once.
 * Memory is bounded.
 */
export class Folding implements Part {
  readonly #options: FoldingOptions
  readonly #windowMs: number
  readonly #windows = new Map<string, Window>()
  readonly #firsts: TokenBucket
  #sweeping: NodeJS.Timeout | undefined

  constructor(options: FoldingOptions = {}) {
    this.#options = options
    this.#windowMs = options.windowMs ?? 60_000
    this.#firsts = new TokenBucket({ capacity: options.burst ?? 30, refillMs: REFILL_MS }, this.#nowMs())
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
   * Takes note of something that `key` did. `shared` is used instead of `fold` when too many keys have
   * entries of their own.
   *
   * @returns how often it happened in this window, this time included; 1 for a key that is not counted.
   */
  note(key: string, fold: Folded, shared: Folded): number {
    const known = this.#windows.get(key)
    if (known) {
      known.count += 1
      if (known.fold === undefined) this.#noteShared(shared)
      return known.count
    }
    const isCounted = this.#windows.size < (this.#options.maxKeys ?? 1_000)
    const isTold = isCounted && this.#firsts.take(this.#nowMs())
    if (isCounted) this.#open(key, isTold ? fold : undefined)
    if (isTold) fold.first()
    else this.#noteShared(shared)
    return 1
  }

  #noteShared(shared: Folded): void {
    const known = this.#windows.get(OTHERS)
    if (known) {
      known.count += 1
      return
    }
    this.#open(OTHERS, shared)
    shared.first()
  }

  #open(key: string, fold: Folded | undefined): void {
    this.#windows.set(key, { fold, openedMs: this.#nowMs(), count: 1 })
  }

  #sweep(isLast: boolean): void {
    const nowMs = this.#nowMs()
    for (const [key, { fold, openedMs, count }] of this.#windows) {
      if (!isLast && nowMs - openedMs < this.#windowMs) continue
      this.#windows.delete(key)
      if (count > 1) fold?.repeated(count - 1)
    }
  }

  #nowMs(): number {
    return (this.#options.monotonicMs ?? (() => performance.now()))()
  }
}
