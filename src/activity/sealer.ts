import type { ActivityDraft } from '../protocol/activity-draft.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { chainHash } from './chain.ts'
import { toEntryJson } from './entry.ts'
import type { LogState } from './log-state.ts'

/** A record with its place in the log, serialised once: for its hash and for whoever watches. */
export interface SealedEntry {
  readonly seq: number
  readonly row: ActivityRow
  /** The entry as JSON text. */
  readonly json: string
}

/** Gives records their `seq` and their hash, one after the other. What is sealed must be stored. */
export class Sealer {
  readonly #salt: number
  #seq: number
  #hash: Uint8Array

  /** Goes on from where the log stands. */
  constructor({ salt, headSeq, headHash }: Pick<LogState, 'salt' | 'headSeq' | 'headHash'>) {
    this.#salt = salt
    this.#seq = headSeq
    this.#hash = headHash
  }

  /** The newest link of the chain; it may not be committed yet. */
  get head(): ChainLink {
    return { seq: this.#seq, hash: this.#hash }
  }

  seal(draft: ActivityDraft): SealedEntry {
    const seq = this.#seq + 1
    const row = toRow(seq, draft)
    const json = toEntryJson(row, this.#salt)
    // Set, not spread: a copy of each row would cost as much as its JSON.
    row.hash = chainHash(this.#hash, seq, json)
    this.#seq = seq
    this.#hash = row.hash
    return { seq, row, json }
  }
}

const NO_HASH = Buffer.alloc(0)

type UnsealedRow = Omit<ActivityRow, 'hash'> & { hash: Buffer }

function toRow(seq: number, draft: ActivityDraft): UnsealedRow {
  return {
    seq,
    ts: draft.tsMs,
    category: draft.category,
    action: draft.action,
    severity: draft.severity,
    actor: draft.actor,
    message: draft.message,
    entity_type: draft.entityType,
    entity_id: draft.entityId,
    entity_name: draft.entityName,
    metadata: draft.metadata,
    hash: NO_HASH,
  }
}

/** What was recorded, of a row that has to be sealed again. */
export function toUnsealed(row: ActivityRow): ActivityDraft {
  return {
    tsMs: row.ts,
    category: row.category,
    action: row.action,
    severity: row.severity,
    actor: row.actor,
    message: row.message,
    entityType: row.entity_type,
    entityId: row.entity_id,
    entityName: row.entity_name,
    metadata: row.metadata,
  }
}
