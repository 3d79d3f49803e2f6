import type { Part } from '../lib/part.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import { runAsSystem } from './actor.ts'

export interface HeadLogOptions {
  readonly head: () => ChainLink
  /** Writes to the server log. */
  readonly info: (message: string, fields: object) => void
  /** Default: an hour. */
  readonly intervalMs?: number
}

/**
 * Prints the head of the chain to the server log, so that a copy of it lies outside the file: what
 * `verify` can be held against.
 */
export class HeadLog implements Part {
  readonly #options: HeadLogOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: HeadLogOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#timer = runAsSystem(() => setInterval(() => this.print(), this.#options.intervalMs ?? 3_600_000))
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
  }

  print(): void {
    const { seq, hash } = this.#options.head()
    this.#options.info('head of the activity log', { seq, hash: Buffer.from(hash).toString('hex') })
  }
}
