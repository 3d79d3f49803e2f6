import { type ChannelsPerLed, type FrameEncoder, toParts } from './frame-encoder.ts'

/** WLED and most receivers take at most this much per packet: 480 RGB or 360 RGBW LEDs. */
export const DDP_MAX_DATA_BYTES = 1_440
const HEADER_BYTES = 10
const FLAG_VERSION_1 = 0x40
const FLAG_PUSH = 0x01
/** `C R TTT SSS`: RGB or RGBW, 8 bits each. */
const TYPES: Readonly<Record<ChannelsPerLed, number>> = { 3: 0x0b, 4: 0x1b }
const DESTINATION_DISPLAY = 1
const MAX_SEQUENCE = 15

/**
 * DDP packets of one device's frames (3waylabs DDP; FPP `channeloutput/DDP.cpp`). PUSH is set on
 * the last packet only: a receiver shows the frame as a whole. The sequence counts packets, 1-15.
 */
export class DdpEncoder implements FrameEncoder {
  readonly #packets: readonly Uint8Array[]
  readonly #parts: readonly Uint8Array[]
  #sequence: number

  /**
   * @param colors `channelsPerLed` bytes per LED; every `encode` reads it anew.
   * @param firstSequence goes on from another encoder's `nextSequence`: receivers may drop what looks late.
   */
  constructor(colors: Uint8Array, firstSequence = 1, channelsPerLed: ChannelsPerLed = 3) {
    this.#sequence = firstSequence
    this.#parts = toParts(colors, DDP_MAX_DATA_BYTES)
    this.#packets = this.#parts.map((part, index) => {
      const isLast = index === this.#parts.length - 1
      return toPacket(index * DDP_MAX_DATA_BYTES, part.length, isLast, TYPES[channelsPerLed])
    })
  }

  get nextSequence(): number {
    return this.#sequence
  }

  encode(): readonly Uint8Array[] {
    for (let i = 0; i < this.#packets.length; i += 1) {
      const packet = this.#packets[i]
      const part = this.#parts[i]
      if (!packet || !part) continue
      packet[1] = this.#sequence
      packet.set(part, HEADER_BYTES)
      this.#sequence = (this.#sequence % MAX_SEQUENCE) + 1
    }
    return this.#packets
  }

  toGoodbye(): readonly Uint8Array[] {
    return []
  }
}

function toPacket(offsetBytes: number, dataBytes: number, isLast: boolean, type: number): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + dataBytes)
  const view = new DataView(packet.buffer)
  view.setUint8(0, isLast ? FLAG_VERSION_1 | FLAG_PUSH : FLAG_VERSION_1)
  view.setUint8(2, type)
  view.setUint8(3, DESTINATION_DISPLAY)
  view.setUint32(4, offsetBytes)
  view.setUint16(8, dataBytes)
  return packet
}
