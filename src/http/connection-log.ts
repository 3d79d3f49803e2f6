import { type Folded, Folding } from '../activity/folding.ts'
import type { Part } from '../lib/part.ts'
import type { Recorder } from '../protocol/activity.ts'
import type { Identity } from './access.ts'

export interface Connection {
  /** IP address. */
  readonly address: string
  readonly userAgent: string
}

/** Records who watches the event socket; somebody who reconnects over and over gets one entry a minute. */
export class ConnectionLog implements Part {
  readonly #recorder: Recorder
  readonly #folding = new Folding()

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  async start(): Promise<void> {
    await this.#folding.start()
  }

  async stop(): Promise<void> {
    await this.#folding.stop()
  }

  connected({ actor, role }: Identity, connection: Connection): void {
    const key = `${actor} ${connection.address}`
    const shared = { address: 'many addresses', userAgent: '' }
    this.#folding.note(key, this.#toFolded(actor, role, connection), this.#toFolded(actor, role, shared))
  }

  #toFolded(actor: string, role: string, { address, userAgent }: Connection): Folded {
    const record = (count: number): void =>
      this.#recorder.record('auth', 'watcher_connected', {
        message: `${actor} ${count === 1 ? 'watches' : `reconnected ${count} times to watch`} the log from ${address}.`,
        actor,
        metadata: { address, user_agent: userAgent, role, count },
      })
    return { first: () => record(1), repeated: record }
  }
}
