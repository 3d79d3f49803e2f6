import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A UDP port on loopback that hands on what it hears, with when. */
export class UdpEar {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** @param onPacket `atMs` on the clock of `performance.now()`. */
  static async open(onPacket: (packet: Buffer, atMs: number) => void): Promise<UdpEar> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    socket.on('message', (packet) => onPacket(packet, performance.now()))
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new UdpEar(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  close(): void {
    this.#socket.close()
  }
}
