import { ANONYMOUS_ACTOR } from '../activity/actor.ts'
import { type Folded, Folding } from '../activity/folding.ts'
import { networkOf } from '../lib/network-of.ts'
import type { Part } from '../lib/part.ts'
import type { ActionOf, JsonObject, Recorder } from '../protocol/activity.ts'

type RejectionAction = Extract<
  ActionOf<'auth'>,
  'auth_failed' | 'access_denied' | 'host_rejected' | 'origin_rejected'
>

export interface Rejection {
  readonly action: RejectionAction
  /** Who knocked: an IP address. */
  readonly address: string
  /** `unknown key`, `the host name "evil.example"` … */
  readonly reason: string
  /** Whose key it was; default: nobody the server knows. */
  readonly actor?: string
  /** Of the key that came, where the server knows it. */
  readonly keyLabel?: string | undefined
  /** Of this one request. */
  readonly metadata?: JsonObject
}

export interface RejectionLogOptions {
  readonly recorder: Recorder
  readonly monotonicMs?: () => number
  readonly windowMs?: number
  /** Rejections of one address in a window after which it is told to wait. */
  readonly limit?: number
  readonly maxAddresses?: number
}

const SILENT: Folded = { first: () => {}, repeated: () => {} }

/** Records rejected requests, folded by address, and tells who should wait. */
export class RejectionLog implements Part {
  readonly #options: RejectionLogOptions
  readonly #folding: Folding
  /** How often each address has failed, whatever the reasons. */
  readonly #tries: Folding

  constructor(options: RejectionLogOptions) {
    this.#options = options
    const { monotonicMs, windowMs, maxAddresses: maxKeys } = options
    this.#folding = new Folding({ monotonicMs, windowMs, maxKeys })
    this.#tries = new Folding({ monotonicMs, windowMs, maxKeys, burst: maxKeys ?? 1_000 })
  }

  async start(): Promise<void> {
    await this.#folding.start()
    await this.#tries.start()
  }

  /** Records what is still folded. */
  async stop(): Promise<void> {
    await this.#folding.stop()
    await this.#tries.stop()
  }

  /** @returns true when this address has used up its tries and should be told to wait. */
  reject(rejection: Rejection): boolean {
    const { action, address, reason, actor = ANONYMOUS_ACTOR, keyLabel = '' } = rejection
    // What differs here is told apart: a revoked key must not hide among unknown ones.
    const key = [action, actor, networkOf(address), reason, keyLabel].join('\u0000')
    const { metadata: _first, ...again } = rejection
    const shared: Rejection = { action, address: 'many addresses', reason: 'too many to tell apart' }
    this.#folding.note(key, this.#toFolded(rejection, again), this.#toFolded(shared, shared))
    return this.#tries.note(networkOf(address), SILENT, SILENT) > (this.#options.limit ?? 20)
  }

  /** What is told of repeats leaves out the one request that came first. */
  #toFolded(rejection: Rejection, again: Rejection): Folded {
    return {
      first: () => this.#record(rejection, 1),
      repeated: (count) => this.#record(again, count),
    }
  }

  #record(rejection: Rejection, count: number): void {
    const { action, address, reason, actor = ANONYMOUS_ACTOR, keyLabel, metadata } = rejection
    const what = count === 1 ? 'A request' : `${count} more requests`
    this.#options.recorder.record('auth', action, {
      message: `${what} from ${address} ${count === 1 ? 'was' : 'were'} refused: ${reason}.`,
      actor,
      metadata: {
        ...metadata,
        ...(keyLabel !== undefined && { key_label: keyLabel }),
        address,
        reason,
        count,
      },
    })
  }
}
