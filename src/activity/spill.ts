import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CATEGORIES, SEVERITIES } from '../protocol/activity.ts'
import type { ActivityRow } from '../storage/row-types.ts'

const NAME = /^spill-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.ndjson$/

/** The first line of a spill file: how many lines should follow. */
export const SpillHeader = z.object({ spill: z.uuid(), count: z.int().min(1) })

/** A line of a spill file: a row, its hash in hex. What another program wrote there is not taken. */
export const SpillRow = z.object({
  seq: z.int().min(1),
  ts: z.int(),
  category: z.enum(CATEGORIES),
  action: z.string(),
  severity: z.enum(SEVERITIES),
  actor: z.string(),
  message: z.string(),
  entity_type: z.string().nullable(),
  entity_id: z.string().nullable(),
  entity_name: z.string().nullable(),
  metadata: z.string(),
  hash: z.hex().length(64),
})

/** The id in the name of a spill file; undefined for any other file. */
export function spillIdOf(fileName: string): string | undefined {
  return NAME.exec(fileName)?.[1]
}

/**
 * Writes rows that could not be committed to `spill-<uuid>.ndjson` beside the database, for the next
 * start to bring in. Synchronous and on disk when it returns: for a process that is about to end.
 *
 * @returns the file's path
 * @throws when it could not be written as a whole; nothing is left behind then
 */
export function writeSpill(dataDir: string, rows: readonly ActivityRow[]): string {
  const spill = randomUUID()
  const file = join(dataDir, `spill-${spill}.ndjson`)
  const header = { spill, count: rows.length } satisfies z.infer<typeof SpillHeader>
  const lines = [header, ...rows.map((row) => ({ ...row, hash: row.hash.toString('hex') }))]
  const text = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  // Readable by its owner only, as the database is.
  const handle = openSync(file, 'wx', 0o600)
  try {
    for (let offset = 0; offset < text.length; ) offset += writeSync(handle, text, offset)
    fsyncSync(handle)
    closeSync(handle)
    syncFolder(file)
    return file
  } catch (cause) {
    tryQuietly(() => closeSync(handle))
    tryQuietly(() => unlinkSync(file))
    throw cause
  }
}

/** Makes a file's appearing or going outlast a power cut. Where folders cannot be synced, it is no loss. */
export function syncFolder(file: string): void {
  tryQuietly(() => {
    const folder = openSync(dirname(file), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  })
}

function tryQuietly(work: () => void): void {
  try {
    work()
  } catch {
    // The first error is the one that counts.
  }
}
