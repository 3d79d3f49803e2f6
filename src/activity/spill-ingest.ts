import { createReadStream, type Dirent, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Kysely } from 'kysely'
import { toErrorMessage } from '../errors.ts'
import type { ActivityDatabase, ActivityRow } from '../storage/row-types.ts'
import { readLogState } from './log-state.ts'
import { ActivityLogRepository } from './repository.ts'
import { Sealer, toUnsealed } from './sealer.ts'
import { SpillHeader, SpillRow, spillIdOf, syncFolder } from './spill.ts'

const CHUNK_ROWS = 500

/** What an earlier run could not commit, and what became of it now. */
export interface SpillReport {
  /** Entries that are in the log now. */
  readonly brought: number
  /** Entries that are gone: their lines were torn or altered. */
  readonly unreadable: number
}

interface Spill {
  readonly id: string
  readonly rows: readonly ActivityRow[]
  readonly unreadable: number
}

/**
 * Brings the spill files beside `activity.db` into it, each once: its rows and its id are committed
 * together, and only then the file goes. Call it before anything is recorded; the rows get the next `seq`.
 *
 * A file that cannot be read at all is set aside under another name, never deleted.
 */
export async function ingestSpills(
  db: Kysely<ActivityDatabase>,
  activityFile: string,
  warn: (message: string, fields: object) => void,
): Promise<SpillReport> {
  let brought = 0
  let unreadable = 0
  for (const file of listSpills(dirname(activityFile))) {
    const spill = await readSpill(file).catch((cause: unknown) => {
      warn('a file of unwritten entries cannot be read and is set aside', {
        file,
        error: toErrorMessage(cause),
      })
      renameSync(file, `${file}.unreadable`)
      return undefined
    })
    if (spill === undefined) continue
    brought += await storeSpill(db, spill)
    unreadable += spill.unreadable
    unlinkSync(file)
    syncFolder(file)
  }
  return { brought, unreadable }
}

function listSpills(folder: string): readonly string[] {
  const isSpill = (entry: Dirent): boolean => entry.isFile() && spillIdOf(entry.name) !== undefined
  return readdirSync(folder, { withFileTypes: true })
    .filter(isSpill)
    .map(({ name }) => join(folder, name))
    .sort()
}

async function readSpill(file: string): Promise<Spill> {
  const rows: ActivityRow[] = []
  let header: { readonly spill: string; readonly count: number } | undefined
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (header === undefined) header = SpillHeader.parse(JSON.parse(line))
    else {
      const row = parseRow(line)
      if (row) rows.push(row)
    }
  }
  if (header === undefined) throw new Error('it is empty')
  return { id: header.spill, rows, unreadable: Math.max(0, header.count - rows.length) }
}

function parseRow(line: string): ActivityRow | undefined {
  try {
    const { hash, ...row } = SpillRow.parse(JSON.parse(line))
    JSON.parse(row.metadata)
    return { ...row, hash: Buffer.from(hash, 'hex') }
  } catch {
    return undefined
  }
}

/** @returns how many rows were added; none when this spill was brought in before. */
async function storeSpill(db: Kysely<ActivityDatabase>, { id, rows }: Spill): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    const known = await trx.selectFrom('spills').select('id').where('id', '=', id).executeTakeFirst()
    if (known) return 0
    const repository = new ActivityLogRepository({ db: trx })
    // A commit that was reported as failed may have reached the disk all the same.
    const missing = []
    for (const row of rows) {
      const there = await repository.findBySeq(row.seq)
      if (!there?.hash.equals(row.hash)) missing.push(row)
    }
    const sealer = new Sealer(await readLogState(trx))
    for (let from = 0; from < missing.length; from += CHUNK_ROWS) {
      const sealed = missing.slice(from, from + CHUNK_ROWS).map((row) => sealer.seal(toUnsealed(row)).row)
      await repository.record(sealed)
    }
    await trx.insertInto('spills').values({ id, ingested_ts: Date.now() }).execute()
    return missing.length
  })
}
