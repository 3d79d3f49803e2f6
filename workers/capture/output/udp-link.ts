import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { Backoff } from '../../../src/lib/backoff.ts'
import type { Link, LinkCounts } from './link.ts'

/** The socket's own address is gone, say after a new DHCP lease: only a new socket helps. */
const STALE_CODES: readonly (string | undefined)[] = ['EINVAL', 'EADDRNOTAVAIL']

/**
 * Sends packets to one controller and counts what went wrong; nothing it meets is thrown. The socket
 * is connected, so that a refused packet is noticed and no address is looked up per packet. Without
 * a network it tries to connect again after 1 s, 2 s and then every 5 s.
 */
export class UdpLink implements Link {
  /** Since the last `takeCounts`. */
  #packetsOut = 0
  #sendErrors = 0
  readonly #address: string
  readonly #port: number
  readonly #onIdle: () => void
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 5_000 })
  #socket: Socket | undefined
  #isConnected = false
  #retry: NodeJS.Timeout | undefined
  #inFlight = 0
  #isClosed = false

  /** @param onIdle called when packets that could not leave at once have left. */
  constructor(address: string, port: number, onIdle: () => void) {
    this.#address = address
    this.#port = port
    this.#onIdle = onIdle
  }

  /** While busy the kernel may still read from the packets given to `send`. */
  get isBusy(): boolean {
    return this.#inFlight > 0
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
        this.#sendErrors += 1
        if (!this.#isConnected) finish(cause)
      })
      socket.connect(this.#port, this.#address, (cause?: Error) => {
        if (cause) this.#sendErrors += 1
        finish(cause)
      })
    })
  }

  send(packets: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (!this.#isConnected || !socket) {
      this.#sendErrors += packets.length
      return
    }
    for (let i = 0; i < packets.length; i += 1) {
      const packet = packets[i]
      if (!packet) continue
      this.#inFlight += 1
      socket.send(packet, this.#onSent)
    }
  }

  takeCounts(): LinkCounts {
    const counts = { packetsOut: this.#packetsOut, sendErrors: this.#sendErrors }
    this.#packetsOut = 0
    this.#sendErrors = 0
    return counts
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#dropSocket()
  }

  readonly #onSent = (cause: Error | null): void => {
    this.#inFlight -= 1
    if (cause) this.#sendErrors += 1
    else this.#packetsOut += 1
    if (cause && STALE_CODES.includes((cause as NodeJS.ErrnoException).code)) this.#reopenLater()
    if (this.#inFlight === 0) this.#onIdle()
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
