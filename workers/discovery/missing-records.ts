import { Backoff } from '../../src/lib/backoff.ts'

/** Records of one announcement may come in packets of their own; asking sooner would be noise. */
const FIRST_DELAY_MS = 100
const BACKOFF = { firstMs: 1_000, capMs: 3_600_000 }

/** When a controller is asked for the records it has not told. */
export class MissingRecords {
  readonly #backoff = new Backoff(BACKOFF)
  #types = ''
  #asked = 0
  #dueMs = Number.POSITIVE_INFINITY

  get nextMs(): number {
    return this.#dueMs
  }

  /** How often the same records were asked for in vain. */
  get asked(): number {
    return this.#asked
  }

  /** Tells what is missing now. Anything new in that begins anew. */
  update(types: readonly string[], nowMs: number): void {
    const joined = types.join()
    if (joined === this.#types) return
    this.#types = joined
    this.#asked = 0
    this.#backoff.reset()
    this.#dueMs = types.length === 0 ? Number.POSITIVE_INFINITY : nowMs + FIRST_DELAY_MS
  }

  markAsked(nowMs: number): void {
    this.#asked += 1
    this.#dueMs = nowMs + this.#backoff.nextMs()
  }
}
