/** WLED's receive buffer; a longer packet is ignored. */
const MAX_PACKET_BYTES = 1_472
const TIMEOUT_FOR_EVER = 255

/** What a UDP-realtime packet asks for. */
export type RealtimePacket =
  | { readonly kind: 'leave' }
  /** Consecutive LEDs. `data` holds whole LEDs only and may be empty. */
  | {
      readonly kind: 'run'
      readonly timeoutMs: number
      readonly startLed: number
      readonly channelsPerLed: 3 | 4
      readonly data: Uint8Array
    }
  /** `data`: 4 bytes per LED, its index and RGB. */
  | { readonly kind: 'indexed'; readonly timeoutMs: number; readonly data: Uint8Array }

interface Protocol {
  readonly isIndexed: boolean
  readonly hasStart: boolean
  readonly channelsPerLed: 3 | 4
  /** Of the whole packet. WLED lights no LED of a shorter one, though it enters realtime. */
  readonly minBytes: number
}

// By the packet's first byte (`wled: wled00/udp.cpp`). The minima are WLED's own: a DRGBW packet with a
// single LED is too short for it.
const PROTOCOLS: Readonly<Record<number, Protocol>> = {
  1: { isIndexed: true, hasStart: false, channelsPerLed: 4, minBytes: 6 }, // WARLS
  2: { isIndexed: false, hasStart: false, channelsPerLed: 3, minBytes: 5 }, // DRGB
  3: { isIndexed: false, hasStart: false, channelsPerLed: 4, minBytes: 7 }, // DRGBW
  4: { isIndexed: false, hasStart: true, channelsPerLed: 3, minBytes: 8 }, // DNRGB
  5: { isIndexed: false, hasStart: true, channelsPerLed: 4, minBytes: 9 }, // DNRGBW
}

/** Reads a packet of WARLS, DRGB, DRGBW, DNRGB or DNRGBW by WLED's rules; undefined for what it ignores. */
export function parseRealtimePacket(bytes: Uint8Array): RealtimePacket | undefined {
  const [protocolByte, timeoutByte] = bytes
  if (protocolByte === undefined || timeoutByte === undefined) return undefined
  const protocol = PROTOCOLS[protocolByte]
  if (protocol === undefined || bytes.length > MAX_PACKET_BYTES) return undefined
  if (timeoutByte === 0) return { kind: 'leave' }

  // WLED adds the odd millisecond.
  const timeoutMs = timeoutByte === TIMEOUT_FOR_EVER ? Number.POSITIVE_INFINITY : timeoutByte * 1_000 + 1
  const data = toData(bytes, protocol)
  if (protocol.isIndexed) return { kind: 'indexed', timeoutMs, data }
  const startLed = protocol.hasStart ? ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0) : 0
  return { kind: 'run', timeoutMs, startLed, channelsPerLed: protocol.channelsPerLed, data }
}

function toData(bytes: Uint8Array, protocol: Protocol): Uint8Array {
  if (bytes.length < protocol.minBytes) return bytes.subarray(0, 0)
  const start = protocol.hasStart ? 4 : 2
  const wholeBytes = bytes.length - start - ((bytes.length - start) % protocol.channelsPerLed)
  return bytes.subarray(start, start + wholeBytes)
}
