const HEADER_BYTES = 10
const TIMECODE_BYTES = 4
const FLAG_TIMECODE = 0x10
const FLAG_STORAGE = 0x08
const FLAG_REPLY = 0x04
const FLAG_QUERY = 0x02
const FLAG_PUSH = 0x01
/** Control, configuration and status: WLED implements none of them. */
const REJECTED_DESTINATIONS: readonly number[] = [246, 250, 251]
/** The `TTT` bits of the data type. Everything but RGBW is read as RGB. */
const TYPE_RGBW = 3

/** The pixels of one DDP packet. */
export interface DdpPacket {
  readonly isPush: boolean
  readonly startLed: number
  readonly channelsPerLed: 3 | 4
  /** Whole LEDs only; a view of the packet. */
  readonly data: Uint8Array
}

/**
 * Reads a DDP packet by WLED's rules (`wled: wled00/e131.cpp`, `handleDDPPacket`), which do not look at
 * the version bits; undefined for what WLED ignores.
 */
export function parseDdpPacket(bytes: Uint8Array): DdpPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(0)
  if (REJECTED_DESTINATIONS.includes(view.getUint8(3))) return undefined
  if ((flags & (FLAG_QUERY | FLAG_REPLY)) !== 0) return undefined
  const isPush = (flags & FLAG_PUSH) !== 0
  if ((flags & FLAG_STORAGE) !== 0 && !isPush) return undefined

  const dataStart = HEADER_BYTES + ((flags & FLAG_TIMECODE) === 0 ? 0 : TIMECODE_BYTES)
  const dataBytes = view.getUint16(8)
  if (bytes.length < dataStart + dataBytes) return undefined
  const channelsPerLed = ((view.getUint8(2) >> 3) & 7) === TYPE_RGBW ? 4 : 3
  const wholeBytes = dataBytes - (dataBytes % channelsPerLed)
  return {
    isPush,
    startLed: Math.floor(view.getUint32(4) / channelsPerLed),
    channelsPerLed,
    data: bytes.subarray(dataStart, dataStart + wholeBytes),
  }
}
