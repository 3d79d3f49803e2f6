import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from './temp-dir.ts'

/** libpcap's file format; packets begin with their IPv4 header. */
const MAGIC = 0xa1b2c3d4
const LINKTYPE_RAW = 101
const IP_HEADER_BYTES = 20
const UDP_HEADER_BYTES = 8

/** What tshark reads from UDP packets: the values of `fields`, one list per packet. */
export function dissect(
  packets: readonly Uint8Array[],
  port: number,
  fields: readonly string[],
  options: readonly string[] = [],
): readonly string[][] {
  const file = join(tempDir(), 'packets.pcap')
  writeFileSync(file, Buffer.concat([toFileHeader(), ...packets.map((packet) => toRecord(packet, port))]))
  const columns = fields.flatMap((field) => ['-e', field])
  const format = ['-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=f']
  const text = execFileSync('tshark', ['-n', '-r', file, ...options, ...format, ...columns], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|'))
}

function toFileHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(LINKTYPE_RAW, 20)
  return header
}

function toRecord(payload: Uint8Array, port: number): Buffer {
  const bytes = IP_HEADER_BYTES + UDP_HEADER_BYTES + payload.length
  const headers = Buffer.alloc(16 + IP_HEADER_BYTES + UDP_HEADER_BYTES)
  headers.writeUInt32LE(bytes, 8)
  headers.writeUInt32LE(bytes, 12)
  headers.writeUInt8(0x45, 16)
  headers.writeUInt16BE(bytes, 18)
  headers.writeUInt8(64, 24)
  headers.writeUInt8(17, 25)
  headers.set([127, 0, 0, 1], 28)
  headers.set([127, 0, 0, 1], 32)
  headers.writeUInt16BE(port, 36)
  headers.writeUInt16BE(port, 38)
  headers.writeUInt16BE(UDP_HEADER_BYTES + payload.length, 40)
  return Buffer.concat([headers, payload])
}
