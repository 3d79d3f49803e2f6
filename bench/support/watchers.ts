import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the watchers have heard. */
export interface Heard {
  readonly frames: number
  /** Of frames that were not the next one of their client. */
  readonly outOfOrder: number
  /** How old each sampled entry was when it arrived, µs. */
  readonly agesUs: readonly number[]
}

/** Clients of the event socket in a process of their own. */
export class Watchers {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves when all have subscribed. */
  static async start(url: string, count: number): Promise<Watchers> {
    const child = fork(fileURLToPath(new URL('./watchers.process.js', import.meta.url)), [url, String(count)])
    await once(child, 'message')
    return new Watchers(child)
  }

  /** What was heard since the last time. */
  async heard(): Promise<Heard> {
    this.#child.send('report')
    const [heard] = (await once(this.#child, 'message')) as [Heard]
    return heard
  }

  async stop(): Promise<void> {
    this.#child.disconnect()
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }
}
