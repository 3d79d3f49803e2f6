/** `npm run soak`: see `--help`. Linux only: memory and files are read from /proc. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { ProgressBar } from '../src/cli/progress-bar.ts'
import { describeMachine } from './machine.ts'
import type { Curve } from './result.ts'
import { drawResult, writeResult } from './results-files.ts'
import { judge, type SoakSample, type SoakVerdict, USUAL_MINUTES } from './soak/sample.ts'
import { SoakedServer } from './soak/soaked-server.ts'
import { withFolder } from './support/bench-log.ts'

const CONTROLLERS = 10
const SAMPLE_EVERY_MS = 5_000
/** Of a run that is shorter than it takes for so many. */
const MIN_SAMPLES = 30

const program = new Command('npm run soak --')
  .description(
    `Runs the demo with ${CONTROLLERS} virtual controllers for a long time and watches memory, open files and how late frames are. Ends with 1 when memory has grown by more than 5 % from minutes 5 to 10 to the last 5 (of a shorter run: the same shares).`,
  )
  .option('--minutes <n>', 'how long', toMinutes, USUAL_MINUTES)
  .option('--json', 'print the samples and the verdict as JSON')
  .addHelpText('after', `\nFigures of ${USUAL_MINUTES} minutes and more are kept in bench/results/soak.json.`)
  .parse()
const { minutes, json = false } = program.opts<{ minutes: number; json?: boolean }>()

const samples = await withFolder((folder) => soak(folder, minutes * 60_000))
const verdict = judge(samples, minutes)
if (minutes >= USUAL_MINUTES) {
  const result = toResult(samples, verdict)
  writeResult(result)
  await drawResult(result)
}
if (json) process.stdout.write(`${JSON.stringify({ verdict, samples }, null, 2)}\n`)
else tell(samples, verdict)
process.exitCode = verdict.is_good ? 0 : 1

async function soak(folder: string, totalMs: number): Promise<readonly SoakSample[]> {
  const server = await SoakedServer.start(folder, CONTROLLERS)
  const bar = new ProgressBar('soak')
  const everyMs = Math.min(SAMPLE_EVERY_MS, totalMs / MIN_SAMPLES)
  const startedMs = performance.now()
  const taken: SoakSample[] = []
  try {
    for (let dueMs = everyMs; dueMs <= totalMs + 1; dueMs += everyMs) {
      await sleep(Math.max(0, startedMs + dueMs - performance.now()))
      await server.change()
      taken.push(await server.look(Math.round((performance.now() - startedMs) / 60) / 1_000))
      bar.update(Math.min(dueMs, totalMs), totalMs)
    }
  } finally {
    bar.end()
    await server.stop()
  }
  return taken
}

function toResult(taken: readonly SoakSample[], { early_mb, late_mb, growth }: SoakVerdict) {
  const what = `memory (RSS) of the demo with ${CONTROLLERS} controllers after ${minutes} minutes`
  return {
    suite: 'soak',
    measured_at: new Date().toISOString(),
    machine: describeMachine(),
    rows: [
      {
        id: 'soak-growth',
        what: `${what}, as a multiple of that of minutes 5 to 10`,
        value: growth,
        unit: '',
        target: { is: '<=' as const, value: 1.05 },
        note: `${early_mb} MB, then ${late_mb} MB`,
      },
    ],
    curves: [
      toCurve('soak-memory', 'Memory', 'MB', {
        'RSS, all threads': 'rss_mb',
        'heap, main thread': 'heap_mb',
      }),
      toCurve('soak-files', 'Open files and sockets', 'files', { files: 'files' }),
      toCurve('soak-lateness', 'The oldest frame sent in a second', 'ms', { frame: 'late_ms' }),
    ],
    samples: taken,
  }

  function toCurve(
    id: string,
    title: string,
    unit: string,
    series: Readonly<Record<string, keyof SoakSample>>,
  ): Curve {
    return {
      id,
      title: `${title} over ${minutes} minutes, ${CONTROLLERS} controllers`,
      x: { title: 'minutes', isLog: false },
      y: { title: unit, isLog: false },
      series: Object.entries(series).map(([name, field]) => ({
        name,
        points: taken.flatMap((sample) => {
          const value = sample[field]
          return value === null ? [] : [[sample.minutes, value] as const]
        }),
      })),
    }
  }
}

function tell(taken: readonly SoakSample[], { early_mb, late_mb, growth, is_good }: SoakVerdict): void {
  const first = taken[0]
  const last = taken.at(-1)
  console.log(
    `memory: ${early_mb} MB, at the end ${late_mb} MB: ${growth} times, ${is_good ? 'good' : 'TOO MUCH'}`,
  )
  console.log(`open files: ${first?.files}, at the end ${last?.files}`)
  console.log(
    `oldest frame of any second looked at: ${Math.max(...taken.map(({ late_ms }) => late_ms ?? 0))} ms`,
  )
  console.log(`frames sent: ${last?.frames_out}; entries: ${last?.head_seq}`)
}

function toMinutes(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 10_080) return value
  throw new InvalidArgumentError('It must be a number of minutes, at most those of a week.')
}
