import { connect, type Socket } from 'node:net'
import { Backoff } from '../../../src/lib/backoff.ts'
import type { Link, LinkCounts } from './link.ts'
import { Traffic } from './traffic.ts'

const CONNECT_TIMEOUT_MS = 2_000
const STALL_MS = 5_000

export interface TcpLinkOptions {
  /** An IP literal. */
  readonly address: string
  readonly port: number
  /** Called when the kernel has taken what was sent: a frame may follow. */
  readonly onIdle: () => void
  /** After so long a peer that takes nothing is given up. */
  readonly stallMs?: number
}

/**
 * A TCP connection to one controller. It is made anew 1 s, 2 s and then every 5 s after it broke, could
 * not be made, or its peer stopped reading. What the peer sends is thrown away.
 */
export class TcpLink implements Link {
  readonly #options: TcpLinkOptions
  readonly #traffic = new Traffic()
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 5_000 })
  #socket: Socket | undefined
  #isConnected = false
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: TcpLinkOptions) {
    this.#options = options
  }

  get isBusy(): boolean {
    return this.#traffic.isBusy
  }

  open(): Promise<void> {
    const { address, port } = this.#options
    const socket = connect({ host: address, port, noDelay: true })
    this.#socket = socket
    socket.resume()
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy())
    return new Promise((resolve) => {
      socket.once('connect', () => {
        this.#isConnected = true
        this.#backoff.reset()
        this.#watchForStall(socket)
        resolve()
      })
      socket.on('error', () => {
        this.#traffic.fail()
      })
      socket.once('close', () => {
        this.#lost(socket)
        resolve()
      })
    })
  }

  send(packets: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (!this.#isConnected || !socket) {
      this.#traffic.fail(packets.length)
      return
    }
    for (let i = 0; i < packets.length; i += 1) {
      const packet = packets[i]
      if (!packet) continue
      this.#traffic.begin()
      socket.write(packet, this.#onSent)
    }
  }

  takeCounts(): LinkCounts {
    return this.#traffic.takeCounts()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#socket?.destroy()
  }

  readonly #onSent = (cause?: Error | null): void => {
    // What a destroyed socket still held is reported as written.
    const hasLeft = !cause && this.#socket?.destroyed === false
    if (this.#traffic.end(hasLeft)) this.#options.onIdle()
  }

  /** An idle connection is well; one with a frame that does not leave is not. */
  #watchForStall(socket: Socket): void {
    socket.removeAllListeners('timeout')
    socket.setTimeout(this.#options.stallMs ?? STALL_MS, () => {
      if (this.isBusy) socket.destroy()
    })
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#isConnected = false
    if (this.#isClosed) return
    this.#retry = setTimeout(() => void this.open(), this.#backoff.nextMs())
  }
}
