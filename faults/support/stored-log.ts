import { join } from 'node:path'
import Database from 'better-sqlite3'
import { verifyFile } from '../../tests/support/verify-file.ts'
import type { Tally } from '../tally.ts'

/** What the harness compares of an entry. */
export interface StoredEntry {
  readonly seq: number
  readonly action: string
  readonly message: string
  readonly entity_name: string | null
  readonly metadata: string
  readonly hash: Buffer
}

/** The entries after `seq`, oldest first, of a log that a server may have open. */
export function readStored(dataDir: string, afterSeq = 0): readonly StoredEntry[] {
  const file = new Database(join(dataDir, 'activity.db'), { readonly: true })
  try {
    return file
      .prepare(
        'select seq, action, message, entity_name, metadata, hash from activity_log where seq > ? order by seq',
      )
      .all(afterSeq) as StoredEntry[]
  } finally {
    file.close()
  }
}

/** The numbers must go on from `afterSeq` without a hole, and no record may be there twice. */
export function checkStored(entries: readonly StoredEntry[], afterSeq: number, tally: Tally): void {
  const holes = entries.filter(({ seq }, index) => seq !== afterSeq + 1 + index)
  tally.check(holes.length === 0, `the numbers have a hole before ${holes[0]?.seq}`)
  const flooded = entries.filter(({ action }) => action === 'device_discovered')
  const distinct = new Set(flooded.map(({ message }) => message))
  tally.duplicate(flooded.length - distinct.size, 'records stored twice')
}

export async function checkChain(dataDir: string, tally: Tally): Promise<void> {
  const { ok, checked } = await verifyFile(join(dataDir, 'activity.db'))
  tally.check(ok, `the chain breaks after ${checked} entries`)
}
