/**
 * One line of CSV (RFC 4180), CRLF included.
 *
 * A cell that a spreadsheet would take for a formula (it starts with `=`, `+`, `-`, `@`, tab or CR)
 * gets a leading apostrophe: log entries hold text from anybody on the network.
 */
export function toCsvLine(cells: readonly string[]): string {
  return `${cells.map(toCell).join(',')}\r\n`
}

function toCell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
