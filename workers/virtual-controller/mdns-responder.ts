import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import makeMdns, { type MulticastDNS } from 'multicast-dns'
import { type DnsResponse, encodeDnsResponse } from './dns-message.ts'
import type { MdnsQuery, MdnsRecords } from './mdns-records.ts'

const MDNS_GROUP = '224.0.0.251'
const MDNS_PORT = 5_353
const SECOND_ANNOUNCEMENT_MS = 1_000

export interface MdnsResponderOptions {
  readonly records: MdnsRecords
  /** Called once, with why it cannot hear or be heard; it goes on without. */
  readonly onProblem: (message: string) => void
}

/**
 * Says on loopback's multicast who the controller is (RFC 6762). It does not probe for the uniqueness of
 * its name, and answers at once: loopback has no collisions to avoid.
 */
export class MdnsResponder {
  readonly #options: MdnsResponderOptions
  #socket: Socket | undefined
  #mdns: MulticastDNS | undefined
  #isReady = false
  #isSpeaking = false
  #hasReported = false
  #secondAnnouncement: NodeJS.Timeout | undefined

  constructor(options: MdnsResponderOptions) {
    this.#options = options
  }

  /** Resolves when it listens, silent as yet, or has reported why it cannot. */
  async start(): Promise<void> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    // Bound to 127.0.0.1 it would get no multicast; what does not come from loopback is ignored below.
    const mdns = makeMdns({ socket, interface: '127.0.0.1', bind: '0.0.0.0' })
    this.#socket = socket
    this.#mdns = mdns
    mdns.on('warning', (error: Error) => this.#report(error))
    mdns.on('query', (query: MdnsQuery, from: RemoteInfo) => this.#answer(query, from))
    this.#isReady = await new Promise<boolean>((resolve) => {
      mdns.on('ready', () => resolve(true))
      mdns.on('error', (error: Error) => {
        this.#report(error)
        resolve(false)
      })
    })
  }

  /** Announces itself twice, a second apart (RFC 6762 §8.3), and answers from now on. */
  speak(): void {
    this.#isSpeaking = true
    if (this.#isReady) this.#announce()
  }

  /** Answers nothing any more and says no goodbye: a pulled plug. */
  fallSilent(): void {
    this.#isSpeaking = false
    clearTimeout(this.#secondAnnouncement)
  }

  /** Says goodbye if it was speaking, and closes. */
  async stop(): Promise<void> {
    const wasSpeaking = this.#isSpeaking && this.#isReady
    this.fallSilent()
    if (wasSpeaking) await this.#send(this.#options.records.toGoodbye())
    const mdns = this.#mdns
    this.#mdns = undefined
    this.#socket = undefined
    if (mdns) await new Promise<void>((resolve) => mdns.destroy(resolve))
  }

  #announce(): void {
    const announcement = this.#options.records.toAnnouncement()
    void this.#send(announcement)
    clearTimeout(this.#secondAnnouncement)
    this.#secondAnnouncement = setTimeout(() => void this.#send(announcement), SECOND_ANNOUNCEMENT_MS)
  }

  #answer(query: MdnsQuery, from: RemoteInfo): void {
    if (!this.#isSpeaking || !from.address.startsWith('127.')) return
    if (from.port === MDNS_PORT) {
      // Always by multicast, also where unicast was asked for: several listeners share port 5353 of this
      // address, and a unicast packet reaches only one of them.
      const answer = this.#options.records.answer(query)
      if (answer) void this.#send(answer)
      return
    }
    const answer = this.#options.records.answerLegacy(query)
    if (answer) void this.#send(answer, from.port, from.address)
  }

  #send(response: DnsResponse, port = MDNS_PORT, address = MDNS_GROUP): Promise<void> {
    const socket = this.#socket
    if (!socket) return Promise.resolve()
    return new Promise((resolve) => {
      socket.send(encodeDnsResponse(response), port, address, (error) => {
        if (error) this.#report(error)
        resolve()
      })
    })
  }

  /** What the system refuses. A packet that cannot be read concerns its sender only. */
  #report(error: Error): void {
    if (!('syscall' in error) || this.#hasReported) return
    this.#hasReported = true
    this.#options.onProblem(error.message)
  }
}
