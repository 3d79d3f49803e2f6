import { type EntryRow, toActivityEntry, toReadableJson } from '../src/activity/entry.ts'
import { toCsvLine } from '../src/lib/csv.ts'
import { type ActivityEntry, ENTRY_FIELDS } from '../src/protocol/activity.ts'
import type { ExportFormat, ExportPage, ExportPageRequest } from '../src/protocol/log-read.ts'
import { readerOf } from './log/reader.ts'

const PAGE_ROWS = 1_000

/** A page of an export as text, made away from the main thread, which only sends it. */
export async function exportPage(request: ExportPageRequest): Promise<ExportPage> {
  const { file, filters, format, ...range } = request
  const { stretches, readSalt } = readerOf(file)
  const salt = await readSalt()
  const { rows, scannedSeq } = await stretches.readRows(filters, range, PAGE_ROWS)
  const bytes = Buffer.from(toText(rows, salt, format))
  return { bytes, count: rows.length, scannedSeq }
}

function toText(rows: readonly EntryRow[], salt: number, format: ExportFormat): string {
  switch (format) {
    case 'csv':
      return rows
        .map((row) => toActivityEntry(row, salt))
        .map((entry) => toCsvLine(ENTRY_FIELDS.map((field) => toCell(entry[field]))))
        .join('')
    case 'json':
      return rows.map((row) => toReadableJson(row, salt)).join(',\n')
    case 'ndjson':
      return rows.map((row) => `${toReadableJson(row, salt)}\n`).join('')
  }
}

function toCell(value: ActivityEntry[keyof ActivityEntry]): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
