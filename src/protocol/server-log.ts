/** A line of the server log. All text is neutralised and bounded. */
export interface ServerLogLine {
  /** UTC, ISO 8601. */
  readonly ts: string
  /** `trace` to `fatal`. */
  readonly level: string
  readonly message: string
  /** Everything else of the line, as JSON text; empty when there is nothing. */
  readonly fields: string
}
