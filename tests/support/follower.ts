import { once } from 'node:events'
import type { ActivityEntry } from '../../src/protocol/activity.ts'
import { spawnBuilt } from './server-process.ts'
import { parseLines } from './varied-log.ts'
import { waitFor } from './wait-for.ts'

/** A `ledgrab log --follow --json` in a process of its own. */
export class Follower {
  readonly #child: ReturnType<typeof spawnBuilt>
  readonly ended: Promise<number | NodeJS.Signals | null>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawnBuilt(['log', '--follow', '--json', ...args], env)
    this.#child.stdout.on('data', (chunk) => {
      this.#stdout += chunk
    })
    this.#child.stderr.on('data', (chunk) => {
      this.#stderr += chunk
    })
    this.ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal)
  }

  /** What it has printed so far, whole lines only. */
  entries(): readonly ActivityEntry[] {
    return parseLines(this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1))
  }

  stderr(): string {
    return this.#stderr
  }

  async waitForMessage(text: string): Promise<void> {
    await waitFor(() => this.entries().some(({ message }) => message.includes(text)), `an entry with ${text}`)
  }

  async waitForNotice(text: string): Promise<void> {
    await waitFor(() => this.#stderr.includes(text), `the notice ${text}`)
  }

  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | NodeJS.Signals | null> {
    this.#child.kill(signal)
    return await this.ended
  }
}

/** Runs `work` with a follower, and ends it, however that goes. */
export async function withFollower(
  args: readonly string[],
  work: (follower: Follower) => Promise<void>,
): Promise<void> {
  const follower = new Follower(args)
  try {
    await work(follower)
  } finally {
    await follower.end('SIGKILL')
  }
}
