import { toActivityEntry } from '../src/activity/entry.ts'
import { toCsvLine } from '../src/lib/csv.ts'
import { type ActivityEntry, ENTRY_FIELDS } from '../src/protocol/activity.ts'
import type { ExportPage, ExportPageRequest } from '../src/protocol/log-read.ts'
import { readerOf } from './log/reader.ts'

const PAGE_ROWS = 1_000

/** A page of an export as text, made away from the main thread, which only sends it. */
export async function exportPage(request: ExportPageRequest): Promise<ExportPage> {
  const { file, filters, format, ...range } = request
  const { stretches, readSalt } = readerOf(file)
  const salt = await readSalt()
  if (format === 'csv') {
    const { rows, scannedSeq } = await stretches.readRows(filters, range, PAGE_ROWS)
    const text = rows.map((row) => toCsv(toActivityEntry(row, salt))).join('')
    return { bytes: toBytes(text), count: rows.length, scannedSeq }
  }
  const { lines, scannedSeq } = await stretches.readLines(filters, range, PAGE_ROWS, salt)
  const text = format === 'json' ? lines.join(',\n') : lines.map((line) => `${line}\n`).join('')
  return { bytes: toBytes(text), count: lines.length, scannedSeq }
}

function toCsv(entry: ActivityEntry): string {
  return toCsvLine(ENTRY_FIELDS.map((field) => toCell(entry[field])))
}

function toCell(value: ActivityEntry[keyof ActivityEntry]): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** In memory of its own, so that it can be handed over instead of copied. */
function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
