import { ANONYMOUS_ACTOR } from '../activity/actor.ts'
import { type Folded, Folding } from '../activity/folding.ts'
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

/** Records rejected requests, folded by address, and tells who should wait. */
export class RejectionLog implements Part {
  readonly #options: RejectionLogOptions
  readonly #folding: Folding

  constructor(options: RejectionLogOptions) {
    this.#options = options
    const { monotonicMs, windowMs, maxAddresses: maxKeys } = options
    this.#folding = new Folding({ monotonicMs, windowMs, maxKeys })
  }

  async start(): Promise<void> {
    await this.#folding.start()
  }

  /** Records what is still folded. */
  async stop(): Promise<void> {
    await this.#folding.stop()
  }

  /** @returns true when this address has used up its tries and should be told to wait. */
  reject(rejection: Rejection): boolean {
    const { action, address, actor = ANONYMOUS_ACTOR } = rejection
    const key = `${action} ${actor} ${address}`
    const shared: Rejection = {
      action,
      address: 'many addresses',
      reason: 'too many to tell apart',
    }
    const count = this.#folding.note(key, this.#toFolded(rejection), this.#toFolded(shared))
    return count > (this.#options.limit ?? 20)
  }

  #toFolded(rejection: Rejection): Folded {
    return {
      first: () => this.#record(rejection, 1),
      repeated: (count) => this.#record(rejection, count),
    }
  }

  #record({ action, address, reason, actor = ANONYMOUS_ACTOR, metadata }: Rejection, count: number): void {
    const what = count === 1 ? 'A request' : `${count} more requests`
    this.#options.recorder.record('auth', action, {
      message: `${what} from ${address} ${count === 1 ? 'was' : 'were'} refused: ${reason}.`,
      actor,
      metadata: { ...metadata, address, reason, count },
    })
  }
}
