import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { Backoff } from '../../../src/lib/backoff.ts'
import type { Link, LinkCounts } from './link.ts'
import { Traffic } from './traffic.ts'

/** The socket's own address is gone, say after a new DHCP lease: only a new socket helps. */
const STALE_CODES: readonly (string | undefined)[] = ['EINVAL', 'EADDRNOTAVAIL']

/**
 * Sends packets to one controller and counts what went wrong; nothing it meets is thrown. The socket
 * is connected, so that a refused packet is noticed and no address is looked up per packet. Without
 * a network it tries to connect again after 1 s, 2 s and then every 5 s.
 */
export class UdpLink implements Link {
  readonly #address: string
  readonly #port: number
  readonly #onIdle: () => void
  readonly #traffic = new Traffic()
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 5_000 })
  #socket: Socket | undefined
  #isConnected = false
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param onIdle called when packets that could not leave at once have left. */
  constructor(address: string, port: number, onIdle: () => void) {
    this.#address = address
    this.#port = port
    this.#onIdle = onIdle
  }

  /** While busy the kernel may still read from the packets given to `send`. */
  get isBusy(): boolean {
    return this.#traffic.isBusy
  }

  /** Resolves when the socket is connected, or when the first try has failed and the next one is set. */
  open(): Promise<void> {
    const socket = createSocket(isIPv6(this.#address) ? 'udp6' : 'udp4')
    this.#socket = socket
    return new Promise((resolve) => {
      const finish = (cause: Error | undefined): void => {
        if (this.#socket === socket) {
          if (cause) this.#reopenLater()
          else this.#setConnected()
        }
        resolve()
      }
      // Refused packets (ICMP port unreachable) also come this way, at any time.
      socket.on('error', (cause) => {
        this.#traffic.fail()
        if (!this.#isConnected) finish(cause)
      })
      socket.connect(this.#port, this.#address, (cause?: Error) => {
        if (cause) this.#traffic.fail()
        finish(cause)
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
      socket.send(packet, this.#onSent)
    }
  }

  takeCounts(): LinkCounts {
    return this.#traffic.takeCounts()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#dropSocket()
  }

  readonly #onSent = (cause: Error | null): void => {
    const isIdle = this.#traffic.end(!cause)
    if (cause && STALE_CODES.includes((cause as NodeJS.ErrnoException).code)) this.#reopenLater()
    if (isIdle) this.#onIdle()
  }

  #setConnected(): void {
    this.#isConnected = true
    this.#backoff.reset()
  }

  #reopenLater(): void {
    this.#dropSocket()
    if (this.#isClosed || this.#retry) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.open()
    }, this.#backoff.nextMs())
  }

  #dropSocket(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#isConnected = false
    socket?.close()
  }
}
