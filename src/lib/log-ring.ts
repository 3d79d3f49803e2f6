import type { ServerLogLine } from '../protocol/server-log.ts'
import { boundText } from '../protocol/text.ts'

const KEPT_LINES = 500
const MAX_MESSAGE_LENGTH = 500
const MAX_FIELDS_LENGTH = 2_000
/** pino's numbers, https://github.com/pinojs/pino/blob/main/docs/api.md#levels */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** The last 500 lines of the server log, for who looks at it from afar. */
export class LogRing {
  /** Told of each line as it is written. */
  onLine: (line: ServerLogLine) => void = () => {}
  readonly #lines: ServerLogLine[] = []

  /** Oldest first. */
  get lines(): readonly ServerLogLine[] {
    return this.#lines
  }

  /** Takes a line of pino's JSON. Never throws: the log must go on without it. */
  add(json: string): void {
    try {
      const line = toLine(JSON.parse(json) as Record<string, unknown>)
      this.#lines.push(line)
      if (this.#lines.length > KEPT_LINES) this.#lines.shift()
      this.onLine(line)
    } catch {
      // A line that is no JSON is on standard error all the same.
    }
  }
}

function toLine({ level, time, msg, ...fields }: Record<string, unknown>): ServerLogLine {
  const text = Object.keys(fields).length === 0 ? '' : JSON.stringify(fields)
  return {
    ts: String(time),
    level: LEVELS[Number(level)] ?? String(level),
    message: boundText(String(msg ?? ''), MAX_MESSAGE_LENGTH),
    fields: boundText(text, MAX_FIELDS_LENGTH),
  }
}
