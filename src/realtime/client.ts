import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { ActivityFilters } from '../protocol/log-read.ts'
import type { ClientEvent, Role } from '../protocol/server-events.ts'

/** Beyond this a client that does not read is let go: it comes back with its last `seq`. */
export const MAX_UNSENT_LIVE_BYTES = 1024 * 1024
/** How much of its past a client may have under way. */
export const MAX_UNSENT_CATCH_UP_BYTES = 256 * 1024
/** What is gathered for one write, so that it does not look like a client that does not read. */
const MAX_HELD_BYTES = 64 * 1024
const CLOSE_TRY_AGAIN_LATER = 1013
const TERMINATE_AFTER_MS = 2_000

export interface Subscription {
  readonly filters: ActivityFilters
  readonly previews: ReadonlySet<string>
  /** Sees the server log. */
  readonly serverLog: boolean
}

/** One watcher: its socket, who it is, and how far it has been told. */
export class Client {
  readonly socket: WebSocket
  readonly address: string
  actor = ''
  role: Role = 'viewer'
  /** The key it came with; undefined where none is needed. */
  keyId: string | undefined
  isAuthenticated = false
  isAlive = true
  subscription: Subscription | undefined
  /** Told everything that matches up to here. */
  cursorSeq = 0
  /** Live entries go to it directly; false while it catches up. */
  isLive = false
  /** Changes with every subscription, so that a catch-up under way knows it is stale. */
  generation = 0
  /** Settles when the catch-ups asked for so far have ended; never rejects. */
  catchingUp: Promise<void> = Promise.resolve()
  /** Let go because it did not read. */
  isCutOff = false
  /** What `socket` writes to. */
  readonly #transport: Duplex
  #isLeaving = false
  #isHolding = false

  constructor(socket: WebSocket, transport: Duplex, address: string) {
    this.socket = socket
    this.#transport = transport
    this.address = address
  }

  get isOpen(): boolean {
    return !this.#isLeaving && this.socket.readyState === this.socket.OPEN
  }

  send(event: ClientEvent): void {
    this.sendFrame(JSON.stringify(event))
  }

  /** Sends a frame that several clients share. One that has not read over 1 MiB is let go. */
  sendFrame(frame: string | Buffer): void {
    if (!this.isOpen) return
    this.socket.send(frame, { binary: false })
    if (this.#isHolding && this.socket.bufferedAmount > MAX_HELD_BYTES) {
      this.release()
      this.hold()
    }
    // Catching up stops at a quarter of this by itself; other events do not wait for it.
    if (this.socket.bufferedAmount > MAX_UNSENT_LIVE_BYTES) {
      this.isCutOff = true
      this.leave(CLOSE_TRY_AGAIN_LATER, 'not reading; come back with since_seq')
    }
  }

  /** Until `release`, frames are gathered: a system call for each costs as much as all else about it. */
  hold(): void {
    this.#isHolding = true
    this.#transport.cork()
  }

  release(): void {
    this.#isHolding = false
    this.#transport.uncork()
  }

  /** Sends a frame and resolves when it has left this process, or the socket is gone. */
  async sendFrameDrained(frame: string): Promise<void> {
    if (!this.isOpen) return
    await new Promise<void>((resolve) => this.socket.send(frame, { binary: false }, () => resolve()))
  }

  /** Closes, and terminates a socket that does not answer the close within 2 s. */
  leave(code: number, reason: string): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    this.isLive = false
    this.socket.close(code, reason)
    const timer = setTimeout(() => this.socket.terminate(), TERMINATE_AFTER_MS)
    timer.unref()
    this.socket.once('close', () => clearTimeout(timer))
  }
}
