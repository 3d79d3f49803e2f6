import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/**
 * The server log, on standard error: lines for people on a terminal, JSON for programs otherwise.
 * Written synchronously: its last lines before a crash are the ones that matter.
 * `onLine` is told each line as JSON.
 */
export function createLogger(level: string, onLine: (json: string) => void = () => {}): Logger {
  const streamWrite = (line: string): string => {
    onLine(line)
    return line
  }
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite } }
  const destination = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ dest: 2, sync: true })
  return pino(options, destination)
}
