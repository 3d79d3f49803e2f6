/** A DDP packet as its header describes it (3waylabs DDP; table in FPP `channeloutput/DDP.cpp`). */
export interface DdpPacket {
  readonly version: number
  readonly isPush: boolean
  readonly sequence: number
  readonly type: number
  readonly destination: number
  readonly offsetBytes: number
  readonly data: Buffer
}

/**
 * Reads a DDP data packet. Written from the table of the protocol, not from our encoder.
 *
 * @throws when it is not a well-formed data packet for a display.
 */
export function parseDdpPacket(bytes: Buffer): DdpPacket {
  if (bytes.length < 10) throw new Error(`${bytes.length} bytes are no DDP header`)
  const flags = bytes.readUInt8(0)
  if ((flags & 0b0010_1110) !== 0) {
    throw new Error(`flags 0x${flags.toString(16)}: storage, reply, query or reserved`)
  }
  // With a timecode the data begin four bytes later.
  const dataStart = (flags & 0b0001_0000) === 0 ? 10 : 14
  const lengthBytes = bytes.readUInt16BE(8)
  if (bytes.length !== dataStart + lengthBytes) {
    throw new Error(`${bytes.length} bytes with a length field of ${lengthBytes}`)
  }
  if (lengthBytes > 1_440) throw new Error(`${lengthBytes} data bytes, of at most 1,440`)
  return {
    version: flags >> 6,
    isPush: (flags & 1) === 1,
    sequence: bytes.readUInt8(1) & 0x0f,
    type: bytes.readUInt8(2),
    destination: bytes.readUInt8(3),
    offsetBytes: bytes.readUInt32BE(4),
    data: bytes.subarray(dataStart),
  }
}
