/** `npm run bench`: see `--help`. Writes `bench/results/`, from which `report.ts` makes docs/PERFORMANCE.md. */
import { Command, Option } from 'commander'
import { describeMachine } from './machine.ts'
import type { WrittenResult } from './report.ts'
import { type BenchRow, isReached, type Suite } from './result.ts'
import { writeReport, writeResult } from './results-files.ts'
import { measureCalls } from './suites/calls.ts'
import { measureColdStart } from './suites/cold-start.ts'
import { measureCommits } from './suites/commits.ts'
import { measureEncoders } from './suites/encoders.ts'
import { measureFilmLatency } from './suites/film-latency.ts'
import { measureFrameToKernel } from './suites/frame-to-kernel.ts'
import { measureLargeLog } from './suites/large-log.ts'
import { measureLatency } from './suites/latency.ts'
import { measureLoopDelay } from './suites/loop-delay.ts'
import { measureManyDevices } from './suites/many-devices.ts'
import { measurePrune } from './suites/prune.ts'
import { measureScreenCpu } from './suites/screen-cpu.ts'
import { measureScreenLatency } from './suites/screen-latency.ts'
import { measureSteady } from './suites/steady.ts'
import { measureThroughput } from './suites/throughput.ts'

const SUITES: Readonly<Record<string, Suite>> = {
  throughput: measureThroughput,
  steady: measureSteady,
  calls: measureCalls,
  latency: measureLatency,
  'loop-delay': measureLoopDelay,
  commits: measureCommits,
  prune: measurePrune,
  'large-log': measureLargeLog,
  encoders: measureEncoders,
  'frame-to-kernel': measureFrameToKernel,
  'screen-latency': measureScreenLatency,
  'film-latency': measureFilmLatency,
  'screen-cpu': measureScreenCpu,
  'many-devices': measureManyDevices,
  'cold-start': measureColdStart,
}
/** Measured by `npm run soak`. */
const SOAK = 'soak'

const program = new Command('npm run bench --')
  .description(
    "Measures LedGrab beside peers that do the same work in the same run. Ratios mean something anywhere; absolute figures are this machine's, now.",
  )
  .addOption(new Option('--only <suite>', 'one suite').choices(Object.keys(SUITES)))
  .option('--short', 'less of everything, to see that it runs; nothing is written')
  .option('--json', 'print the results as JSON')
  .parse()
const {
  only,
  short = false,
  json = false,
} = program.opts<{ only?: string; short?: boolean; json?: boolean }>()

const results: WrittenResult[] = []
for (const [name, measure] of Object.entries(SUITES)) {
  if (only !== undefined && name !== only) continue
  const result = await measure({ isShort: short, say })
  const written = {
    suite: name,
    measured_at: new Date().toISOString(),
    machine: describeMachine(),
    ...result,
  }
  results.push(written)
  if (!short) writeResult(written)
}
process.stderr.write('\n')
if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
else console.table(Object.fromEntries(results.flatMap(({ rows }) => rows).map(toTableRow)))
if (!short) await writeReport([...Object.keys(SUITES), SOAK])

function toTableRow(row: BenchRow): readonly [string, object] {
  const reached = isReached(row)
  return [
    row.id,
    {
      value: row.value,
      unit: row.unit,
      target: row.target ? `${row.target.is} ${row.target.value}` : '',
      'ratio wanted': row.ratio_target ?? '',
      reached: reached === undefined ? '' : reached ? 'yes' : 'NO',
      peer: row.peer?.value ?? '',
      ratio: row.ratio ?? '',
    },
  ]
}

/** On a terminal in one line, else a line each. */
function say(what: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${what} …` : `${what} …\n`)
}
