import { neutralizeText } from '../protocol/text.ts'
import { padText, textWidth } from './text-width.ts'

/** Rows in columns as wide as their longest cell; text that came from outside is neutralised. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(neutralizeText))
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => textWidth(row[column] ?? ''))),
  )
  return cells
    .map((row) =>
      row
        .map((cell, column) => padText(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
