import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import Bonjour from 'bonjour-service'
import type { MulticastDNS } from 'multicast-dns'
import type { Place } from './interfaces.ts'

const GROUP = '224.0.0.251'
const PORT = 5_353
/** RFC 6762 §17. A longer one can keep the decoder busy for 300 ms (64 KB of name pointers; measured 2026-11). */
const MAX_PACKET_BYTES = 9_000

export interface MdnsLinkOptions {
  readonly place: Place
  readonly onReady: () => void
  /** A decoded response from the interface's own link. */
  readonly onResponse: (packet: unknown, sender: string) => void
  /** A packet that is no DNS message, or too long for one. */
  readonly onUnreadable: () => void
  /** Called once; the link is of no use any more and closes itself. */
  readonly onFailure: (error: Error) => void
}

/** mDNS on one interface: `multicast-dns` sends through one only. */
export class MdnsLink {
  readonly #options: MdnsLinkOptions
  readonly #socket: Socket
  readonly #bonjour: Bonjour
  #isOpen = true

  /** Opens the socket. */
  constructor(options: MdnsLinkOptions) {
    this.#options = options
    // Ours, because an instance name with a dot can only be asked for in bytes.
    this.#socket = createSocket({ type: 'udp4', reuseAddr: true })
    const mdnsOptions = { socket: this.#socket, interface: options.place.address, bind: '0.0.0.0' }
    this.#bonjour = new Bonjour(mdnsOptions as object, (error: Error) => this.#fail(error))
    const mdns = toMulticastDns(this.#bonjour)
    mdns.on('ready', () => this.#isOpen && options.onReady())
    mdns.on('error', (error: Error) => this.#hearError(error))
    mdns.on('warning', (error: Error) => this.#hearError(error))
    mdns.on('response', (packet: unknown, from: RemoteInfo) => {
      if (this.#isOpen) options.onResponse(packet, from.address)
    })
    this.#guardDecoder()
  }

  /** Sends to the group. A failure is told to `onFailure`. */
  send(packet: Buffer): void {
    if (!this.#isOpen) return
    this.#socket.send(packet, PORT, GROUP, (error) => {
      if (error) this.#fail(error)
    })
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await new Promise<void>((resolve) => {
      try {
        this.#bonjour.destroy(resolve)
      } catch {
        resolve() // It was closed by what went wrong before.
      }
    })
  }

  /** Lets only those packets through to the library that it shall decode. */
  #guardDecoder(): void {
    const decoders = this.#socket.listeners('message')
    this.#socket.removeAllListeners('message')
    this.#socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      if (!this.#isOpen || !this.#options.place.isOnLink(from.address)) return
      // RFC 6762 §6: a response from another port is to be ignored silently.
      if (from.port !== PORT) return
      if (bytes.length > MAX_PACKET_BYTES) this.#options.onUnreadable()
      else for (const decode of decoders) decode.call(this.#socket, bytes, from)
    })
  }

  /** What the system refuses ends the link; what cannot be decoded concerns its sender only. */
  #hearError(error: Error): void {
    if ('syscall' in error) this.#fail(error)
    else if (this.#isOpen) this.#options.onUnreadable()
  }

  #fail(error: Error): void {
    if (!this.#isOpen) return
    this.#options.onFailure(error)
    // Later: `multicast-dns` goes on using the socket after it told of the error.
    setImmediate(() => void this.close())
  }
}

/**
 * The `multicast-dns` instance inside, which the library's types keep private.
 *
 * @throws TypeError when a version of the library has it no more.
 */
function toMulticastDns(bonjour: Bonjour): MulticastDNS {
  const { server } = bonjour as unknown as { server?: { mdns?: Partial<MulticastDNS> } }
  const mdns = server?.mdns
  if (typeof mdns?.on !== 'function' || typeof mdns.destroy !== 'function') {
    throw new TypeError('bonjour-service does not have server.mdns')
  }
  return mdns as MulticastDNS
}
