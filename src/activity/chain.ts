import { createHash, hash } from 'node:crypto'
import type { ChainFault, ChainLink } from '../protocol/log-read.ts'
import type { ActivityRow, LogMetaRow } from '../storage/row-types.ts'
import { toEntryJson } from './entry.ts'

const HASH_BYTES = 32
const SEQ_BYTES = 8
/** ECMA-262 §21.4.1.1: what a `Date` can be. */
const MAX_TIME_MS = 8.64e15
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

/** How far some links of the chain hold. */
export interface LinkCheck {
  readonly checked: number
  /** The last good link. */
  readonly head: ChainLink
  readonly fault: ChainFault | null
}

/**
 * Checks rows, in the order of `seq`, that should follow upon `from`: each there, none changed. Stops
 * at the first fault.
 */
export function checkLinks(rows: readonly ActivityRow[], from: ChainLink, salt: number): LinkCheck {
  let head = from
  for (const [checked, row] of rows.entries()) {
    const seq = head.seq + 1
    if (row.seq !== seq) {
      const problem = row.seq > seq ? 'missing' : 'unexpected'
      return { checked, head, fault: { seq: Math.min(seq, row.seq), problem } }
    }
    if (!isAsWritten(row, head.hash, salt)) return { checked, head, fault: { seq, problem: 'altered' } }
    head = { seq, hash: row.hash }
  }
  return { checked: rows.length, head, fault: null }
}

/** Checks what the chain hangs on before its first entry; `straySeq` is the lowest `seq` up to the anchor. */
export function checkAnchor(meta: LogMetaRow, straySeq: number | null): ChainFault | null {
  const { anchor_seq: anchorSeq, anchor_hash: anchorHash, log_id: logId } = meta
  if (straySeq !== null) return { seq: straySeq, problem: 'unexpected' }
  const isFirst = anchorSeq === 0
  const isSound =
    isHash(anchorHash) && (!isFirst || createHash('sha256').update(String(logId)).digest().equals(anchorHash))
  return isSound ? null : { seq: anchorSeq + 1, problem: 'altered' }
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

function isAsWritten(row: ActivityRow, previous: Uint8Array, salt: number): boolean {
  return (
    isHash(row.hash) &&
    hasWrittenTypes(row) &&
    isSameHash(chainHash(previous, row.seq, toEntryJson(row, salt)), row.hash)
  )
}

/**
 * SQLite keeps a value of any type in any column, and two of them can have one JSON: 1.5 ms and 1 ms,
 * a time beyond all dates and 1970.
 */
function hasWrittenTypes(row: ActivityRow): boolean {
  const { seq, ts, hash: _hash, entity_type, entity_id, entity_name, ...texts } = row
  return (
    Number.isSafeInteger(seq) &&
    Number.isSafeInteger(ts) &&
    Math.abs(ts) <= MAX_TIME_MS &&
    Object.values(texts).every((text) => typeof text === 'string') &&
    [entity_type, entity_id, entity_name].every((text) => text === null || typeof text === 'string')
  )
}

function isHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === HASH_BYTES
}
