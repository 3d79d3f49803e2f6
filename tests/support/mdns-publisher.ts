import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import makeMdns, { type MulticastDNS } from 'multicast-dns'
import { withDeadline } from '../../src/lib/deadline.ts'

const SERVICE = '_wled._tcp.local'

type Publishable = 'PTR' | 'SRV' | 'TXT' | 'A'

interface Published {
  readonly name: string
  readonly type: Publishable
  readonly ttl: number
  readonly flush: boolean
  readonly data: unknown
}

export interface PublishedService {
  /** The instance. Give one without a dot: `dns-packet` cannot write it whole. */
  readonly name: string
  readonly port: number
  readonly texts: readonly string[]
  /** Default: 120. */
  readonly ttlSeconds?: number
}

/** A real mDNS responder on loopback for one `_wled._tcp` instance, which tells of each question it heard. */
export class MdnsPublisher {
  /** `SRV WLED._wled._tcp.local` and so on, oldest first. */
  readonly asked: string[] = []
  address = '127.0.0.1'
  /** A question for another type is not answered. */
  answers: readonly Publishable[] = ['PTR', 'SRV', 'TXT', 'A']
  /** Whether SRV, TXT and A go along with PTR (RFC 6763 §12). */
  hasAdditionals = true
  readonly #service: PublishedService
  readonly #socket: Socket
  readonly #mdns: MulticastDNS

  constructor(service: PublishedService, socket: Socket) {
    this.#service = service
    this.#socket = socket
    this.#mdns = makeMdns({ socket, interface: '127.0.0.1', bind: '0.0.0.0' })
    this.#mdns.on('query', ({ questions }: { questions: { name: string; type: string }[] }) => {
      for (const question of questions) this.#answer(question)
    })
  }

  get ready(): Promise<unknown> {
    return withDeadline(once(this.#mdns, 'ready'), 5_000, 'the publisher')
  }

  /** Tells everything, unasked; TTL 0 is a goodbye. */
  async announce(ttlSeconds?: number): Promise<void> {
    await this.respond(this.#records().map((record) => ({ ...record, ttl: ttlSeconds ?? record.ttl })))
  }

  async respond(answers: readonly object[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#mdns.respond({ answers: answers as never }, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Any bytes to the group, from port 5353. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(bytes, 5_353, '224.0.0.251', (error) => (error ? reject(error) : resolve()))
    })
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#mdns.destroy(resolve))
  }

  #records(): readonly Published[] {
    const { name, port, texts, ttlSeconds = 120 } = this.#service
    const instance = `${name}.${SERVICE}`
    const host = `${name}.local`.toLowerCase().replaceAll(' ', '-')
    const life = { ttl: ttlSeconds, flush: true }
    return [
      { name: SERVICE, type: 'PTR', ttl: ttlSeconds, flush: false, data: instance },
      { ...life, name: instance, type: 'SRV', data: { port, target: host } },
      { ...life, name: instance, type: 'TXT', data: [...texts] },
      { ...life, name: host, type: 'A', data: this.address },
    ]
  }

  #answer(question: { readonly name: string; readonly type: string }): void {
    const records = this.#records()
    const found = records.find(
      ({ name, type }) => type === question.type && name.toLowerCase() === question.name.toLowerCase(),
    )
    if (found === undefined) return
    this.asked.push(`${question.type} ${question.name}`)
    if (!this.answers.includes(found.type)) return
    const additionals = found.type === 'PTR' && this.hasAdditionals ? records.slice(1) : []
    void this.respond([found, ...additionals])
  }
}

export async function startMdnsPublisher(service: PublishedService): Promise<MdnsPublisher> {
  const publisher = new MdnsPublisher(service, createSocket({ type: 'udp4', reuseAddr: true }))
  await publisher.ready
  return publisher
}
