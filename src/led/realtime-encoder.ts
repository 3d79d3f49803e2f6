import { type ChannelsPerLed, type FrameEncoder, toParts, wholeLedBytes } from './frame-encoder.ts'

/** WLED's receive buffer (`wled: wled00/udp.cpp`). */
const MAX_PACKET_BYTES = 1_472
/** 1-254; 255 would keep the controller in realtime for ever, 0 ends it. */
const DEFAULT_TIMEOUT_S = 3
const LEAVE_NOW = 0
const MAX_WARLS_LEDS = 255
/** Each is what it names with or without white, except `warls`, which knows no white. */
export const REALTIME_FORMATS = ['warls', 'drgb', 'dnrgb'] as const
export type RealtimeFormat = (typeof REALTIME_FORMATS)[number]

const PROTOCOLS: Readonly<Record<RealtimeFormat, Readonly<Record<ChannelsPerLed, number>>>> = {
  warls: { 3: 1, 4: 1 },
  drgb: { 3: 2, 4: 3 },
  dnrgb: { 3: 4, 4: 5 },
}
const HEADER_BYTES: Readonly<Record<RealtimeFormat, number>> = { warls: 2, drgb: 2, dnrgb: 4 }
/** A shorter packet lights no LED (`wled: wled00/udp.cpp`). */
const MIN_PACKET_BYTES: Readonly<Record<number, number>> = { 1: 6, 2: 5, 3: 7, 4: 8, 5: 9 }

/** How many LEDs a device can have: one packet holds a whole frame, except with `dnrgb`. */
export function maxRealtimeLeds(format: RealtimeFormat, channelsPerLed: ChannelsPerLed): number {
  if (format === 'warls') return MAX_WARLS_LEDS
  if (format === 'dnrgb') return 65_536
  return Math.floor((MAX_PACKET_BYTES - HEADER_BYTES.drgb) / channelsPerLed)
}

export interface RealtimeEncoderOptions {
  readonly format: RealtimeFormat
  readonly channelsPerLed?: ChannelsPerLed
  /** So long a controller waits for the next packet before it shows its own light again, 1-254 s. */
  readonly timeoutS?: number
}

/**
 * WLED's UDP realtime: WARLS, DRGB, DRGBW, DNRGB and DNRGBW (WLED-Docs `interfaces/udp-realtime`). WLED
 * shows every packet at once, so a frame of several DNRGB packets may tear; DDP does not.
 */
export class RealtimeEncoder implements FrameEncoder {
  /** It has no sequence. */
  readonly nextSequence = 0
  readonly #packets: readonly Uint8Array[]
  readonly #parts: readonly Uint8Array[]
  readonly #headerBytes: number
  readonly #isIndexed: boolean

  /** @param colors `channelsPerLed` bytes per LED, at most `maxRealtimeLeds`; every `encode` reads it anew. */
  constructor(
    colors: Uint8Array,
    { format, channelsPerLed = 3, timeoutS = DEFAULT_TIMEOUT_S }: RealtimeEncoderOptions,
  ) {
    const protocol = PROTOCOLS[format][channelsPerLed]
    this.#headerBytes = HEADER_BYTES[format]
    this.#isIndexed = format === 'warls'
    const partBytes = wholeLedBytes(MAX_PACKET_BYTES - this.#headerBytes, channelsPerLed)
    this.#parts = toParts(colors, partBytes)
    this.#packets = this.#parts.map((part, index) => {
      const dataBytes = this.#isIndexed ? (part.length / 3) * 4 : part.length
      const bytes = Math.max(this.#headerBytes + dataBytes, MIN_PACKET_BYTES[protocol] ?? 0)
      const packet = new Uint8Array(bytes)
      packet[0] = protocol
      packet[1] = timeoutS
      if (format === 'dnrgb') new DataView(packet.buffer).setUint16(2, index * (partBytes / channelsPerLed))
      if (this.#isIndexed) writeIndexes(packet, part.length / 3)
      return packet
    })
  }

  encode(): readonly Uint8Array[] {
    for (let i = 0; i < this.#packets.length; i += 1) {
      const packet = this.#packets[i]
      const part = this.#parts[i]
      if (!packet || !part) continue
      if (this.#isIndexed) writeIndexed(packet, part)
      else packet.set(part, this.#headerBytes)
    }
    return this.#packets
  }

  /** A packet whose timeout is 0: WLED goes back to its own light at once. */
  toGoodbye(): readonly Uint8Array[] {
    const packet = this.#packets[0]?.slice() ?? new Uint8Array(2)
    packet[1] = LEAVE_NOW
    return [packet]
  }
}

function writeIndexes(packet: Uint8Array, ledCount: number): void {
  for (let led = 0; led < ledCount; led += 1) packet[2 + led * 4] = led
}

function writeIndexed(packet: Uint8Array, rgb: Uint8Array): void {
  for (let from = 0, to = 3; from < rgb.length; from += 3, to += 4) {
    packet[to] = rgb[from] ?? 0
    packet[to + 1] = rgb[from + 1] ?? 0
    packet[to + 2] = rgb[from + 2] ?? 0
  }
}
