import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { withDeadline } from '../../src/lib/deadline.ts'
import { type DdpPacket, parseDdpPacket } from './ddp-packet.ts'

export type Rgb = readonly [number, number, number]

/** A frame as shown on PUSH. */
export interface ShownFrame {
  readonly atMs: number
  /** 3 bytes per LED. */
  readonly rgb: Buffer
  readonly packets: readonly DdpPacket[]
}

/** A strip on 127.0.0.1 that listens to DDP and keeps every frame it was told to show. */
export class DdpReceiver {
  readonly frames: ShownFrame[] = []
  /** Packets that were no proper DDP. */
  readonly malformed: string[] = []
  readonly #socket: Socket
  readonly #leds: Buffer
  readonly #waiting = new Set<() => void>()
  #packets: DdpPacket[] = []

  constructor(socket: Socket, ledCount: number) {
    this.#socket = socket
    this.#leds = Buffer.alloc(ledCount * 3)
    socket.on('message', (bytes) => this.#receive(bytes))
    // A failed test must end red, not hang on the strip it left behind.
    socket.unref()
  }

  get port(): number {
    return this.#socket.address().port
  }

  get latest(): ShownFrame | undefined {
    return this.frames.at(-1)
  }

  /** The colours of the newest frame, one triple per LED. */
  colors(): Rgb[] {
    const rgb = this.latest?.rgb ?? Buffer.alloc(0)
    return Array.from({ length: rgb.length / 3 }, (_, led) => [
      rgb.readUInt8(led * 3),
      rgb.readUInt8(led * 3 + 1),
      rgb.readUInt8(led * 3 + 2),
    ])
  }

  /** Resolves as soon as `read` gives something other than undefined or false; it runs now and per frame. */
  async until<T>(read: () => T | undefined | false, what: string, timeoutMs = 10_000): Promise<T> {
    let check = (): void => {}
    const found = new Promise<T>((resolve) => {
      check = () => {
        const value = read()
        if (value !== undefined && value !== false) resolve(value)
      }
      check()
      this.#waiting.add(check)
    })
    try {
      return await withDeadline(found, timeoutMs, what)
    } finally {
      this.#waiting.delete(check)
    }
  }

  /** The next `count` frames from this call on. */
  async next(count = 1, timeoutMs = 10_000): Promise<readonly ShownFrame[]> {
    const from = this.frames.length
    await this.until(() => this.frames.length >= from + count, `${count} more frames`, timeoutMs)
    return this.frames.slice(from, from + count)
  }

  close(): void {
    this.#socket.close()
  }

  #receive(bytes: Buffer): void {
    try {
      const packet = parseDdpPacket(bytes)
      if (packet.offsetBytes + packet.data.length > this.#leds.length) throw new Error('beyond the last LED')
      packet.data.copy(this.#leds, packet.offsetBytes)
      this.#packets.push(packet)
      if (!packet.isPush) return
      this.frames.push({ atMs: performance.now(), rgb: Buffer.from(this.#leds), packets: this.#packets })
      this.#packets = []
    } catch (cause) {
      this.malformed.push(cause instanceof Error ? cause.message : String(cause))
    }
    for (const check of this.#waiting) check()
  }
}

/** Listens on a port of its own choice, or on `port`. */
export async function startDdpReceiver(ledCount: number, port = 0): Promise<DdpReceiver> {
  const socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return new DdpReceiver(socket, ledCount)
}
