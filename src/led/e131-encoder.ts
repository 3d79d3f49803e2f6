import { type ChannelsPerLed, type FrameEncoder, toParts, wholeLedBytes } from './frame-encoder.ts'

export const E131_PORT = 5_568
/** ANSI E1.31-2018 §9.1.1. */
export const E131_MAX_UNIVERSE = 63_999
export const MAX_SLOTS = 512
const HEADER_BYTES = 126
const SEQUENCE_AT = 111
const OPTIONS_AT = 112
const UNIVERSE_AT = 113
/** ANSI E1.31-2018 §6.2.6: three packets with it end a stream. */
const STREAM_TERMINATED = 0x40
const GOODBYE_PACKETS = 3
const MAX_SOURCE_NAME_BYTES = 63

export interface E131Options {
  /** Of the first LED; the following universes take the rest. */
  readonly universe: number
  /** 1-512; LEDs are never split between two universes. */
  readonly channelsPerUniverse: number
  /** 0-200; a receiver listens to the highest. */
  readonly priority: number
  /** The sender's UUID, 16 bytes, the same for ever. */
  readonly cid: Uint8Array
  /** What a receiver shows; cut at 63 bytes of UTF-8. */
  readonly sourceName: string
  readonly channelsPerLed?: ChannelsPerLed
}

/** How many universes a device takes. */
export function countUniverses(
  ledCount: number,
  channelsPerUniverse: number,
  channelsPerLed: number,
): number {
  return Math.max(1, Math.ceil(ledCount / Math.floor(channelsPerUniverse / channelsPerLed)))
}

/** The multicast group of a universe (ANSI E1.31-2018 §9.3.1). */
export function toE131Group(universe: number): string {
  return `239.255.${universe >> 8}.${universe & 255}`
}

/** The universe of a data packet. */
export function toE131Universe(packet: Uint8Array): number {
  return ((packet[UNIVERSE_AT] ?? 0) << 8) | (packet[UNIVERSE_AT + 1] ?? 0)
}

/**
 * E1.31 (streaming ACN) data packets, one per universe and frame, without synchronisation (ANSI
 * E1.31-2018 §4). All universes are sent with every frame, so one counter is the sequence of each.
 */
export class E131Encoder implements FrameEncoder {
  readonly #packets: readonly Uint8Array[]
  readonly #parts: readonly Uint8Array[]
  #sequence: number

  /**
   * @param colors `channelsPerLed` bytes per LED; every `encode` reads it anew.
   * @param firstSequence goes on from another encoder's `nextSequence`, 0-255.
   */
  constructor(colors: Uint8Array, options: E131Options, firstSequence = 0) {
    this.#sequence = firstSequence
    const { channelsPerUniverse, channelsPerLed = 3 } = options
    this.#parts = toParts(colors, wholeLedBytes(channelsPerUniverse, channelsPerLed))
    this.#packets = this.#parts.map((part, index) => toPacket(options, options.universe + index, part.length))
  }

  get nextSequence(): number {
    return this.#sequence
  }

  /** One packet per universe, in their order. */
  encode(): readonly Uint8Array[] {
    for (let i = 0; i < this.#packets.length; i += 1) {
      const packet = this.#packets[i]
      const part = this.#parts[i]
      if (!packet || !part) continue
      packet[SEQUENCE_AT] = this.#sequence
      packet.set(part, HEADER_BYTES)
    }
    this.#sequence = (this.#sequence + 1) & 255
    return this.#packets
  }

  /** The last colours three times for each universe, marked as the end of the stream. */
  toGoodbye(): readonly Uint8Array[] {
    const goodbye: Uint8Array[] = []
    for (let n = 0; n < GOODBYE_PACKETS; n += 1) {
      for (const packet of this.encode()) {
        const last = packet.slice()
        last[OPTIONS_AT] = STREAM_TERMINATED
        goodbye.push(last)
      }
    }
    return goodbye
  }
}

function toPacket(options: E131Options, universe: number, slots: number): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + slots)
  const view = new DataView(packet.buffer)
  // Root layer: preamble, "ASC-E1.17", length, vector, CID.
  view.setUint16(0, 0x0010)
  packet.set(new TextEncoder().encode('ASC-E1.17'), 4)
  view.setUint16(16, 0x7000 | (110 + slots))
  view.setUint32(18, 0x0000_0004)
  packet.set(options.cid.subarray(0, 16), 22)
  // Framing layer: length, vector, source name, priority, synchronisation off, universe.
  view.setUint16(38, 0x7000 | (88 + slots))
  view.setUint32(40, 0x0000_0002)
  // `encodeInto` ends before a character that does not fit as a whole.
  new TextEncoder().encodeInto(options.sourceName, packet.subarray(44, 44 + MAX_SOURCE_NAME_BYTES))
  packet[108] = options.priority
  view.setUint16(UNIVERSE_AT, universe)
  // DMP layer: length, vector, address and data type, first address, increment, count, start code 0.
  view.setUint16(115, 0x7000 | (11 + slots))
  packet[117] = 0x02
  packet[118] = 0xa1
  view.setUint16(121, 0x0001)
  view.setUint16(123, slots + 1)
  return packet
}
