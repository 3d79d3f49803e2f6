import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { toErrorMessage } from '../../../src/errors.ts'
import { withDeadline } from '../../../src/lib/deadline.ts'

/** What the process that holds a port tells. */
export type PortReport =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** One packet: whether it is on the wire. */
  | { readonly kind: 'sent'; readonly has_left: boolean }
  | { readonly kind: 'closed' }

export interface PortEvents {
  readonly onSent: (hasLeft: boolean) => void
  /** The port is gone; not told after `close`. */
  readonly onLost: () => void
}

/** A driver that hangs must not hold up the others. */
const OPEN_MS = 10_000
// Beside this file, in source and in the build.
const PROCESS = new URL(
  `serial-port.process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
)

/** A serial port that is open, in a process of its own: why is told there. */
export class PortProcess {
  readonly #child: ChildProcess
  #isClosed = false

  private constructor(child: ChildProcess, events: PortEvents) {
    this.#child = child
    child.on('message', (report: PortReport) => {
      if (report.kind === 'sent') events.onSent(report.has_left)
      else if (report.kind === 'closed') this.#lose(events)
    })
    child.once('exit', () => this.#lose(events))
  }

  /** @throws with a phrase for people. */
  static async open(path: string, baudRate: number, events: PortEvents): Promise<PortProcess> {
    const child = fork(PROCESS, [path, String(baudRate)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const first = await withDeadline(firstReport(child), OPEN_MS, `opening ${path}`).catch((cause) => {
      child.kill('SIGKILL')
      throw cause
    })
    if (first.kind === 'open') return new PortProcess(child, events)
    child.kill('SIGKILL')
    throw new Error(first.kind === 'failed' ? first.reason : 'its process is out of step')
  }

  write(packet: Uint8Array): void {
    // What cannot be sent any more is told by the end of the process.
    if (this.#child.connected) this.#child.send(packet, () => {})
  }

  /** Resolves when somebody else can open the port: the kernel frees it with the process. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  #lose(events: PortEvents): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#child.kill('SIGKILL')
    events.onLost()
  }
}

/** A process that cannot be started, or ends before it says anything, has failed. */
async function firstReport(child: ChildProcess): Promise<PortReport> {
  return await new Promise<PortReport>((resolve) => {
    child.once('message', (report: PortReport) => resolve(report))
    child.once('error', (cause) => resolve({ kind: 'failed', reason: toErrorMessage(cause) }))
    child.once('exit', () => resolve({ kind: 'failed', reason: 'the process that holds the port has ended' }))
  })
}
