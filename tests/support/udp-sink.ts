import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { withDeadline } from '../../src/lib/deadline.ts'

/** A UDP port on 127.0.0.1 that keeps what comes in. */
export class UdpSink {
  readonly packets: Buffer[] = []
  readonly #socket: Socket
  readonly #waiting = new Set<() => void>()

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (packet) => {
      this.packets.push(packet)
      for (const check of this.#waiting) check()
    })
    // A failed test must end red, not hang on the socket it left behind.
    socket.unref()
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Resolves as soon as `isEnough`; it is asked now and after every packet. */
  async until(isEnough: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    let check = (): void => {}
    const enough = new Promise<void>((resolve) => {
      check = () => {
        if (isEnough()) resolve()
      }
      check()
      this.#waiting.add(check)
    })
    try {
      await withDeadline(enough, timeoutMs, what)
    } finally {
      this.#waiting.delete(check)
    }
  }

  close(): void {
    this.#socket.close()
  }
}

export async function startUdpSink(): Promise<UdpSink> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return new UdpSink(socket)
}
