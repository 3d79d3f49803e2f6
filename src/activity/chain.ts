import { hash } from 'node:crypto'

const HASH_BYTES = 32
const SEQ_BYTES = 8
let scratch = Buffer.allocUnsafe(16 * 1024)

/**
 * The hash that ties an entry to all before it: SHA-256 of the previous hash, `seq` in 8 bytes
 * big-endian and the entry's JSON, eleven fields in the order of `ActivityEntry`.
 */
export function chainHash(previous: Uint8Array, seq: number, entryJson: string): Buffer {
  // A UTF-16 unit is at most three bytes of UTF-8.
  const needed = HASH_BYTES + SEQ_BYTES + entryJson.length * 3
  if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed)
  scratch.set(previous, 0)
  scratch.writeBigUInt64BE(BigInt(seq), HASH_BYTES)
  const written = scratch.write(entryJson, HASH_BYTES + SEQ_BYTES, 'utf8')
  return hash('sha256', scratch.subarray(0, HASH_BYTES + SEQ_BYTES + written), 'buffer')
}
