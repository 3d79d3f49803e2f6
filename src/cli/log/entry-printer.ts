import { wantsColour } from '../terminal.ts'
import { EntryTable, type ShownEntry } from './entry-table.ts'

// C1 controls, bidirectional controls and line separators, which JSON allows in a text and a terminal acts on.
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON of one line that a terminal shows and does not obey; what it says is unchanged (RFC 8259 §7). */
export function toSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Writes entries to standard output as they come. */
export interface EntryPrinter {
  print(entries: readonly ShownEntry[]): void
}

/** For programs: one entry a line (NDJSON), its eleven fields as everywhere. For people: a table. */
export function createPrinter(isJson: boolean): EntryPrinter {
  return isJson ? { print: printJson } : new TablePrinter()
}

function printJson(entries: readonly ShownEntry[]): void {
  if (entries.length > 0) process.stdout.write(entries.map((entry) => `${toSafeJson(entry)}\n`).join(''))
}

class TablePrinter implements EntryPrinter {
  readonly #table = new EntryTable({
    isColoured: wantsColour(process.stdout, process.env),
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
  })
  #hasHeader = false

  print(entries: readonly ShownEntry[]): void {
    if (entries.length === 0) return
    this.#table.fit(entries)
    const lines = entries.map((entry) => this.#table.format(entry))
    if (!this.#hasHeader) lines.unshift(this.#table.header())
    this.#hasHeader = true
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}
