import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type Database from 'better-sqlite3'
import { toActivityEntry } from '../../activity/entry.ts'
import { Salvage, type SalvageReport } from '../../activity/salvage.ts'
import { LedGrabError, toErrorMessage } from '../../errors.ts'
import { openActivityReader } from '../../storage/open.ts'
import { toStorageError } from '../../storage/sqlite-error.ts'
import { ProgressBar } from '../progress-bar.ts'
import { countEntries, say } from '../terminal.ts'
import { toSafeJson } from './entry-printer.ts'

export interface SalvageFlags {
  readonly output?: string
}

/** Writes what can be read of a damaged log as NDJSON, and says on standard error what could not. */
export async function salvageCommand(file: string, flags: SalvageFlags): Promise<void> {
  if (!existsSync(file)) throw new LedGrabError('LG_CLI_FAILED', `there is no ${file}`)
  const { raw } = openActivityReader(file)
  try {
    const salt = readSalt(raw)
    const salvage = openSalvage(raw, salt ?? 0, file)
    const lines = Readable.from(toLines(salvage, salt ?? 0))
    if (flags.output === undefined) await pipeline(lines, process.stdout, { end: false })
    else await writeFile(lines, flags.output)
    if (salt === undefined) say('which log this is could not be read: the ids are not the original ones')
    tell(salvage.report)
  } finally {
    raw.close()
  }
}

function openSalvage(raw: Database.Database, salt: number, file: string): Salvage {
  try {
    return new Salvage(raw, salt)
  } catch (cause) {
    throw new LedGrabError(
      'LG_STORAGE_CORRUPT',
      `nothing can be read of ${file}: its first page is damaged, or it is no activity log`,
      { cause: toStorageError(cause, file) },
    )
  }
}

function readSalt(raw: Database.Database): number | undefined {
  try {
    const salt: unknown = raw.prepare('select salt from log_meta').pluck().get()
    return Number.isSafeInteger(salt) ? (salt as number) : undefined
  } catch {
    // Where the whole file is of no use, who reads the entries says so.
    return undefined
  }
}

function* toLines(salvage: Salvage, salt: number): Generator<string> {
  const bar = new ProgressBar('Reading')
  let text = ''
  try {
    for (const row of salvage.rows()) {
      text += `${toSafeJson(toActivityEntry(row, salt))}\n`
      if (text.length < 64 * 1024) continue
      bar.update(salvage.report.read, undefined)
      yield text
      text = ''
    }
    if (text !== '') yield text
  } finally {
    bar.end()
  }
}

/** Under another name until it is whole. */
async function writeFile(lines: Readable, output: string): Promise<void> {
  const partial = `${output}.partial`
  try {
    await pipeline(lines, createWriteStream(partial))
    await rename(partial, output)
  } catch (cause) {
    await rm(partial, { force: true })
    throw new LedGrabError(
      'LG_CLI_FAILED',
      `${output} cannot be written (${toErrorMessage(cause)}); choose another with --output`,
      { cause },
    )
  }
}

function tell({ read, altered, holes }: SalvageReport): void {
  say(`${countEntries(read)} read`)
  if (altered > 0) say(`${countEntries(altered)} of them not as they were written`)
  for (const { from, to } of holes.slice(0, 20)) {
    if (to === null) say(`from entry ${from} on nothing can be read`)
    else say(from === to ? `entry ${from} cannot be read` : `entries ${from} to ${to} cannot be read`)
  }
  if (holes.length > 20) say(`and ${holes.length - 20} more places`)
}
