import type { LogPage } from '../../protocol/api-log.ts'
import { neutralizeText } from '../../protocol/text.ts'
import { paint, type Style } from '../terminal.ts'
import { padText, textWidth, truncateText, wrapText } from '../text-width.ts'

/** An entry as a server or a file gives it; its texts may be anything. */
export type ShownEntry = LogPage['entries'][number]

export interface TableOptions {
  readonly isColoured: boolean
  /** Cells of the terminal, which may change; undefined: no terminal, and every entry stays in one line. */
  readonly columns: () => number | undefined
}

type Column = 'time' | 'severity' | 'category' | 'actor'

const COLUMNS: readonly Column[] = ['time', 'severity', 'category', 'actor']
const GAP = '  '
/** What one name may take, so that the messages begin side by side. */
const MAX_COLUMN_CELLS = 24
/** With less room than this for the messages, wrapping makes them harder to read, not easier. */
const MIN_WRAP_CELLS = 24

/**
 * Entries as lines of aligned columns, messages wrapped to the terminal. Columns fit what came so far:
 * while entries are followed they may become wider, never narrower.
 */
export class EntryTable {
  readonly #options: TableOptions
  readonly #widths: Record<Column, number> = { time: 19, severity: 8, category: 8, actor: 5 }

  constructor(options: TableOptions) {
    this.#options = options
  }

  /** The names of the columns; after `fit`, so that they stand above them. */
  header(): string {
    const cells = COLUMNS.map((column) => padText(column.toUpperCase(), this.#widths[column]))
    return this.#paint([...cells, 'MESSAGE'].join(GAP), 'bold')
  }

  /** Makes room for entries that are about to be formatted. */
  fit(entries: readonly ShownEntry[]): void {
    for (const entry of entries) {
      const cells = toCells(entry)
      for (const column of COLUMNS) {
        this.#widths[column] = Math.max(this.#widths[column], textWidth(cells[column]))
      }
    }
  }

  /** The entry's lines, without a line break at the end. */
  format(entry: ShownEntry): string {
    const cells = toCells(entry)
    const padded = COLUMNS.map((column) => padText(cells[column], this.#widths[column]))
    const [time = '', ...rest] = padded
    const indent = ' '.repeat(padded.reduce((sum, cell) => sum + textWidth(cell) + GAP.length, 0))
    const [first = '', ...more] = this.#wrap(neutralizeText(entry.message), indent.length)
    const style = styleOf(entry.severity)
    return [
      this.#paint(time, 'dim') + GAP + this.#paint([...rest, first].join(GAP), style),
      ...more.map((line) => indent + this.#paint(line, style)),
    ].join('\n')
  }

  #wrap(message: string, indentCells: number): readonly string[] {
    const cells = (this.#options.columns() ?? 0) - indentCells
    return cells < MIN_WRAP_CELLS ? [message] : wrapText(message, cells)
  }

  #paint(text: string, style: Style | undefined): string {
    return this.#options.isColoured && style ? paint(text, style) : text
  }
}

function toCells(entry: ShownEntry): Readonly<Record<Column, string>> {
  return {
    time: toLocalTime(entry.ts),
    severity: toCell(entry.severity),
    category: toCell(entry.category),
    actor: toCell(entry.actor),
  }
}

function toCell(text: string): string {
  return truncateText(neutralizeText(text), MAX_COLUMN_CELLS)
}

function styleOf(severity: string): Style | undefined {
  if (severity === 'error') return 'red'
  return severity === 'warning' ? 'yellow' : undefined
}

/** `2026-11-21 23:58:09`, on this machine's clock. */
export function toLocalTime(ts: string): string {
  const time = new Date(ts)
  if (Number.isNaN(time.getTime())) return toCell(ts)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`
}
