/** Art-Net's UDP port, of nodes and of controllers. */
export const ARTNET_PORT = 6_454
/** Net, sub-net and universe in one number: 7 + 4 + 4 bits. */
export const ARTNET_MAX_UNIVERSE = 0x7fff
export const ARTNET_HEADER_BYTES = 18
const PROTOCOL_VERSION = 14
const OP_POLL = 0x2000
const OP_POLL_REPLY = 0x2100
const OP_DMX = 0x5000
const OP_SYNC = 0x5200
const POLL_REPLY_ON_CHANGE = 0x02
/** Everything up to the MAC address; nodes of old versions send no more. */
const MIN_REPLY_BYTES = 207

/** "Art-Net", NUL, the operation (little-endian) and the protocol's version. */
function toHeader(operation: number, bytes: number): Uint8Array {
  const packet = new Uint8Array(bytes)
  packet.set(new TextEncoder().encode('Art-Net'))
  const view = new DataView(packet.buffer)
  view.setUint16(8, operation, true)
  view.setUint16(10, PROTOCOL_VERSION)
  return packet
}

/** An ArtDmx of `slots` channels, an even number up to 512; sequence and data still to be written. */
export function toArtDmx(universe: number, slots: number): Uint8Array {
  const packet = toHeader(OP_DMX, ARTNET_HEADER_BYTES + slots)
  packet[14] = universe & 255
  packet[15] = universe >> 8
  new DataView(packet.buffer).setUint16(16, slots)
  return packet
}

/** Tells nodes to show what they were sent since the last one. */
export function toArtSync(): Uint8Array {
  return toHeader(OP_SYNC, 14)
}

/** Asks nodes who they are. */
export function toArtPoll(): Uint8Array {
  const packet = toHeader(OP_POLL, 14)
  packet[12] = POLL_REPLY_ON_CHANGE
  return packet
}

/** What a node says of itself. Texts are as they came: neutralise them before anybody sees them. */
export interface ArtPollReply {
  readonly shortName: string
  readonly longName: string
  /** 12 lower-case hex digits; null where it says none. */
  readonly mac: string | null
  /** Port-Addresses it puts out, lowest first. */
  readonly universes: readonly number[]
}

/** Reads an ArtPollReply by its fixed offsets; undefined for anything else. Never throws. */
export function parseArtPollReply(bytes: Uint8Array): ArtPollReply | undefined {
  if (bytes.length < MIN_REPLY_BYTES || toText(bytes, 0, 8) !== 'Art-Net') return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint16(8, true) !== OP_POLL_REPLY) return undefined
  return {
    shortName: toText(bytes, 26, 18),
    longName: toText(bytes, 44, 64),
    mac: toMac(bytes.subarray(201, 207)),
    universes: toOutputs(bytes, view.getUint16(172)),
  }
}

function toOutputs(bytes: Uint8Array, portCount: number): readonly number[] {
  const base = (((bytes[18] ?? 0) & 0x7f) << 8) | (((bytes[19] ?? 0) & 0x0f) << 4)
  const universes: number[] = []
  for (let port = 0; port < Math.min(portCount, 4); port += 1) {
    const canPutOut = ((bytes[174 + port] ?? 0) & 0x80) !== 0
    if (canPutOut) universes.push(base | ((bytes[190 + port] ?? 0) & 0x0f))
  }
  return universes.sort((a, b) => a - b)
}

function toText(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}

function toMac(bytes: Uint8Array): string | null {
  const isUnset = bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 255)
  return isUnset ? null : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
