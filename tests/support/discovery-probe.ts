/**
 * Runs the discovery worker and prints what it reports, records and logs, one JSON text a line, until
 * standard input ends. For a test that has it run in another network namespace.
 */
import type {
  DiscoveryCommand,
  DiscoveryOptions,
  DiscoveryReport,
} from '../../src/protocol/worker-messages.ts'
import { spawnWorker } from './spawn-worker.ts'

const DEADLINE_MS = 120_000

const spawned = await spawnWorker<DiscoveryOptions, DiscoveryCommand, DiscoveryReport>('discovery', {
  interface: null,
  known: [],
})
let reports = 0
let drafts = 0
let logs = 0
// Read after every message; it never ends the wait by itself.
spawned.until(print, 'the end of standard input', DEADLINE_MS).catch(() => process.exit(1))

process.stdin.resume()
process.stdin.once('end', () => void finish())

async function finish(): Promise<void> {
  await spawned.stop()
  print()
  process.exit(0)
}

function print(): false {
  for (; reports < spawned.reports.length; reports += 1) say({ report: spawned.reports[reports] })
  for (; drafts < spawned.drafts.length; drafts += 1) say({ draft: spawned.drafts[drafts] })
  for (; logs < spawned.logs.length; logs += 1) say({ log: spawned.logs[logs]?.message })
  return false
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
