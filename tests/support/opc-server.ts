import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { withDeadline } from '../../src/lib/deadline.ts'

export interface OpcMessage {
  readonly channel: number
  readonly command: number
  readonly data: Buffer
}

/** An Open Pixel Control server on 127.0.0.1 that keeps what it was sent. */
export class OpcServer {
  readonly messages: OpcMessage[] = []
  readonly clients: Socket[] = []
  readonly #server: Server
  readonly #isMute: boolean
  readonly #waiting = new Set<() => void>()

  constructor(server: Server, isMute: boolean) {
    this.#server = server
    this.#isMute = isMute
    server.on('connection', (client) => this.#accept(client))
    server.unref()
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async until(isEnough: () => boolean, what: string): Promise<void> {
    let check = (): void => {}
    const enough = new Promise<void>((resolve) => {
      check = () => {
        if (isEnough()) resolve()
      }
      check()
      this.#waiting.add(check)
    })
    try {
      await withDeadline(enough, 15_000, what)
    } finally {
      this.#waiting.delete(check)
    }
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #accept(client: Socket): void {
    this.clients.push(client)
    client.unref()
    client.on('error', () => {})
    let rest = Buffer.alloc(0)
    if (this.#isMute) client.pause()
    else
      client.on('data', (chunk: Buffer) => {
        rest = this.#read(Buffer.concat([rest, chunk]))
        for (const check of this.#waiting) check()
      })
    for (const check of this.#waiting) check()
  }

  /** Takes the whole messages off the front. @returns what is left. */
  #read(bytes: Buffer): Buffer<ArrayBuffer> {
    let at = 0
    while (bytes.length >= at + 4) {
      const length = bytes.readUInt16BE(at + 2)
      if (bytes.length < at + 4 + length) break
      this.messages.push({
        channel: bytes.readUInt8(at),
        command: bytes.readUInt8(at + 1),
        data: Buffer.from(bytes.subarray(at + 4, at + 4 + length)),
      })
      at += 4 + length
    }
    return Buffer.from(bytes.subarray(at))
  }
}

/** @param settings `isMute`: takes connections and never reads from them. */
export async function startOpcServer(settings: { port?: number; isMute?: boolean } = {}): Promise<OpcServer> {
  const server = createServer()
  server.listen(settings.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return new OpcServer(server, settings.isMute ?? false)
}
