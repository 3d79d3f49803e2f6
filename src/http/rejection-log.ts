import { ANONYMOUS_ACTOR } from '../activity/actor.ts'
import type { Part } from '../lib/part.ts'
import type { ActionOf, JsonObject, Recorder } from '../protocol/activity.ts'

type RejectionAction = Extract<ActionOf<'auth'>, 'auth_failed' | 'host_rejected' | 'origin_rejected'>

export interface Rejection {
  readonly action: RejectionAction
  /** Who knocked: an IP address. */
  readonly address: string
  /** `wrong key`, `the host name "evil.example"` … */
  readonly reason: string
  readonly metadata?: JsonObject
}

interface Folded {
  readonly rejection: Rejection
  readonly openedMs: number
  count: number
}

export interface RejectionLogOptions {
  readonly recorder: Recorder
  readonly monotonicMs?: () => number
  readonly windowMs?: number
  /** Rejections of one address in a window after which it is told to wait. */
  readonly limit?: number
  readonly maxAddresses?: number
}

/**
 * Records rejected requests: the first of an address at once, its repeats folded into one entry per
 * window with their count, so that nobody can flush the log by knocking. Memory is bounded: beyond
 * `maxAddresses`, further ones share one entry.
 */
export class RejectionLog implements Part {
  readonly #options: RejectionLogOptions
  readonly #windowMs: number
  readonly #folded = new Map<string, Folded>()
  #sweeping: NodeJS.Timeout | undefined

  constructor(options: RejectionLogOptions) {
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

  /** @returns true when this address has used up its tries and should be told to wait. */
  reject(rejection: Rejection): boolean {
    const isFull = this.#folded.size >= (this.#options.maxAddresses ?? 1_000)
    const own = `${rejection.action} ${rejection.address}`
    const key = this.#folded.has(own) || !isFull ? own : `${rejection.action} other`
    const known = this.#folded.get(key)
    if (known) {
      known.count += 1
      return known.count > (this.#options.limit ?? 20)
    }
    this.#folded.set(key, { rejection, openedMs: this.#nowMs(), count: 1 })
    this.#record(rejection, 1)
    return false
  }

  #sweep(isLast: boolean): void {
    const nowMs = this.#nowMs()
    for (const [key, { rejection, openedMs, count }] of this.#folded) {
      if (!isLast && nowMs - openedMs < this.#windowMs) continue
      this.#folded.delete(key)
      if (count > 1) this.#record(rejection, count - 1)
    }
  }

  #record({ action, address, reason, metadata }: Rejection, count: number): void {
    const again = count > 1 ? `${count} more requests` : 'A request'
    this.#options.recorder.record('auth', action, {
      message: `${again} from ${address} ${count > 1 ? 'were' : 'was'} refused: ${reason}.`,
      // Whoever it was, it is nobody the server knows.
      actor: ANONYMOUS_ACTOR,
      metadata: { ...metadata, address, reason, count },
    })
  }

  #nowMs(): number {
    return (this.#options.monotonicMs ?? (() => performance.now()))()
  }
}
