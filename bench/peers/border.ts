import { createSocket } from 'node:dgram'

/** A picture as it lies in memory. */
export interface PlainPicture {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
  readonly bytesPerPixel: 3 | 4
}

const HEADER_BYTES = 10

/** The least that lights a strip: each LED gets one pixel of the border, and all of them go into one DDP packet. */
export class PlainSender {
  readonly #packet: Buffer
  readonly #socket = createSocket('udp4')
  readonly #ledCount: number
  readonly #port: number

  constructor(ledCount: number, port: number) {
    this.#ledCount = ledCount
    this.#port = port
    this.#packet = Buffer.alloc(HEADER_BYTES + ledCount * 3)
    this.#packet.set([0x41, 1, 0x0b, 1])
    this.#packet.writeUInt16BE(ledCount * 3, 8)
  }

  send({ pixels, width, height, bytesPerPixel }: PlainPicture): void {
    for (let led = 0; led < this.#ledCount; led += 1) {
      const isTop = led < this.#ledCount / 2
      const x = Math.floor(((led % (this.#ledCount / 2)) * width) / (this.#ledCount / 2))
      const at = ((isTop ? 0 : height - 1) * width + x) * bytesPerPixel
      for (let channel = 0; channel < 3; channel += 1) {
        this.#packet[HEADER_BYTES + led * 3 + channel] = pixels[at + channel] ?? 0
      }
    }
    this.#socket.send(this.#packet, this.#port, '127.0.0.1')
  }
}
