export interface NodeTraits {
  readonly shortName?: string
  readonly longName?: string
  /** 12 hex digits. */
  readonly mac?: string
  readonly net?: number
  readonly subNet?: number
  /** The low 4 bits of each Port-Address it puts out. */
  readonly outputs?: readonly number[]
}

/** An ArtPollReply of 239 bytes, by the offsets of the standard (art-net.org.uk). */
export function toArtPollReply(traits: NodeTraits): Buffer {
  const { shortName = '', longName = '', mac = '020000000001', net = 0, subNet = 0, outputs = [] } = traits
  const reply = Buffer.alloc(239)
  reply.write('Art-Net\0', 0, 'latin1')
  reply.writeUInt16LE(0x2100, 8)
  reply.writeUInt16LE(0x1936, 14)
  reply.writeUInt8(net, 18)
  reply.writeUInt8(subNet, 19)
  reply.write(shortName, 26, 17)
  reply.write(longName, 44, 63)
  reply.writeUInt16BE(outputs.length, 172)
  outputs.forEach((output, port) => {
    reply.writeUInt8(0x80, 174 + port)
    reply.writeUInt8(output, 190 + port)
  })
  reply.write(mac, 201, 'hex')
  return reply
}
