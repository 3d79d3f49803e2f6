import { call } from '../../tests/support/api.ts'
import { withInProcess } from '../../tests/support/in-process-server.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, readMetrics } from '../support/books.ts'
import { fuzzFrames } from '../support/fuzz-frames.ts'
import { fuzzQueries } from '../support/fuzz-queries.ts'
import { fuzzRecords } from '../support/fuzz-records.ts'
import { fuzzSockets } from '../support/fuzz-sockets.ts'

/** pino's number for an error. */
const LEVEL_ERROR = 50

export const fuzz: Scenario = {
  name: 'fuzz',
  about:
    'malformed worker records, socket messages and frames, query strings and cursors; nothing throws, nothing is answered with 500, and the server is healthy afterwards',
  cycles: { usual: 2_000, short: 150 },
  run: runFuzz,
}

async function runFuzz(context: ScenarioContext): Promise<void> {
  const { cycles, tally, onProgress } = context
  let done = 0
  const step = (): void => {
    done += 1
    onProgress(Math.floor(done / 4))
  }
  tally.note(`${await fuzzRecords(context, step)} worker records`)
  await withInProcess(async ({ url, logLines }) => {
    tally.note(`${await fuzzQueries(url, context, step)} query strings and cursors`)
    tally.note(`${await fuzzFrames(url, context, step)} socket messages`)
    tally.note(`${await fuzzSockets(url, context, step)} sequences of raw bytes on the socket`)
    const { body } = await call(url, 'GET', '/health')
    tally.check(body.status === 'healthy', `afterwards it is ${body.status}: ${body.reason}`)
    assertBalance(booksOf(await readMetrics(url)), tally)
    const errors = logLines.filter((line) => JSON.parse(line).level >= LEVEL_ERROR)
    tally.check(errors.length === 0, `${errors.length} errors in the server log: ${errors[0]}`)
  })
  onProgress(cycles)
}
