import { ARTNET_HEADER_BYTES, toArtDmx, toArtSync } from './artnet.ts'
import { type ChannelsPerLed, type FrameEncoder, toParts, wholeLedBytes } from './frame-encoder.ts'

const SEQUENCE_AT = 12
const MAX_SEQUENCE = 255

export interface ArtnetOptions {
  /** Port-Address of the first LED, 0-32,767; the following ones take the rest. */
  readonly universe: number
  /** 3-512; LEDs are never split between two universes. */
  readonly channelsPerUniverse: number
  /** Ends each frame with an ArtSync, so that a node of several universes shows them at once. */
  readonly sync: boolean
  readonly channelsPerLed?: ChannelsPerLed
}

/**
 * ArtDmx packets, one per universe and frame (Art-Net 4, art-net.org.uk). All universes are sent with
 * every frame, so one counter is the sequence of each; it skips 0, which would switch it off.
 */
export class ArtnetEncoder implements FrameEncoder {
  readonly #packets: readonly Uint8Array[]
  readonly #parts: readonly Uint8Array[]
  #sequence: number

  /**
   * @param colors `channelsPerLed` bytes per LED; every `encode` reads it anew.
   * @param firstSequence goes on from another encoder's `nextSequence`, 1-255.
   */
  constructor(colors: Uint8Array, options: ArtnetOptions, firstSequence = 1) {
    this.#sequence = firstSequence
    const { universe, channelsPerUniverse, sync, channelsPerLed = 3 } = options
    this.#parts = toParts(colors, wholeLedBytes(channelsPerUniverse, channelsPerLed))
    // The length must be even: an odd one gets a channel that stays 0.
    const dmx = this.#parts.map(({ length }, index) => toArtDmx(universe + index, length + (length % 2)))
    this.#packets = sync ? [...dmx, toArtSync()] : dmx
  }

  get nextSequence(): number {
    return this.#sequence
  }

  /** One packet per universe, in their order, and the ArtSync where wanted. */
  encode(): readonly Uint8Array[] {
    for (let i = 0; i < this.#parts.length; i += 1) {
      const packet = this.#packets[i]
      const part = this.#parts[i]
      if (!packet || !part) continue
      packet[SEQUENCE_AT] = this.#sequence
      packet.set(part, ARTNET_HEADER_BYTES)
    }
    this.#sequence = (this.#sequence % MAX_SEQUENCE) + 1
    return this.#packets
  }

  toGoodbye(): readonly Uint8Array[] {
    return []
  }
}
