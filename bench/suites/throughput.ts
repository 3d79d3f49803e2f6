import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ActivityRow } from '../../src/storage/row-types.ts'
import { insertBatches, insertOneByOne, openBare } from '../peers/bare-insert.ts'
import { type BenchRow, median, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { findBenchFile } from '../support/bench-file.ts'
import { openBenchLog, withFolder } from '../support/bench-log.ts'
import { SAMPLE } from '../support/sample.ts'

/** Half the queue's bound: nothing is dropped. */
const OFFERED_AT_ONCE = 5_000
const ONE_BY_ONE = 2_000
const PYTHON_RECORDS = 8_000

/**
 * Commits a second, as fast as it goes, `synchronous=FULL` all round: the recorder with its chain, its
 * serialisation and a publisher; a bare better-sqlite3 insert of the same rows into the same tables, in groups
 * of the size the recorder chose and of 128; a commit per record; and the same in Python.
 */
export async function measureThroughput({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const rounds = isShort ? 1 : 7
  const records = isShort ? 10_000 : 60_000
  return await withFolder(async (folder) => {
    const rates = { ours: [], same: [], batch128: [], single: [], python: [] } as Record<string, number[]>
    const groups: number[] = []
    for (let round = 1; round <= rounds; round += 1) {
      say(`throughput, round ${round} of ${rounds}`)
      const ours = await runOurs(join(folder, `ours-${round}.db`), records)
      rates.ours?.push(ours.perSecond)
      groups.push(ours.groupRows)
      const rows = ours.rows
      rates.same?.push(await runBare(join(folder, `same-${round}.db`), rows, Math.round(ours.groupRows)))
      rates.batch128?.push(await runBare(join(folder, `batch-${round}.db`), rows, 128))
      rates.single?.push(await runBare(join(folder, `single-${round}.db`), rows.slice(0, ONE_BY_ONE), 1))
      const python = await runPython(join(folder, `python-${round}.db`))
      if (python !== undefined) rates.python?.push(python)
    }
    const ours = median(rates.ours ?? [])
    const groupRows = Math.round(median(groups))
    const toRow = (
      id: string,
      peerName: string,
      peerRates: readonly number[],
      target?: number,
    ): BenchRow => ({
      id: `throughput-vs-${id}`,
      what: 'records committed, chained and published, as fast as it goes',
      value: Math.round(ours),
      unit: '1/s',
      peer: { name: peerName, value: Math.round(median(peerRates)) },
      ratio: round3(ours / median(peerRates)),
      ...(target !== undefined && { ratio_target: target }),
    })
    return {
      rows: [
        toRow(
          'bare',
          `bare insert of the same rows in groups of ${groupRows}, as the recorder chose`,
          rates.same ?? [],
          0.5,
        ),
        toRow('bare-128', 'bare insert of the same rows in groups of 128', rates.batch128 ?? []),
        toRow('single', 'one insert and commit per record', rates.single ?? []),
        ...(rates.python?.length
          ? [toRow('asyncio', 'asyncio and sqlite3 of Python, a commit per record', rates.python, 10)]
          : []),
      ],
    }
  })
}

async function runOurs(file: string, records: number) {
  let published = 0
  let commits = 0
  const bench = await openBenchLog(file, {
    publish: (entries) => {
      published += entries.length
    },
    onCommitTimed: () => {
      commits += 1
    },
  })
  const { recorder } = bench.log
  const startedMs = performance.now()
  for (let i = 1; i <= records; i += 1) {
    recorder.record('entity', 'entity_updated', SAMPLE)
    if (i % OFFERED_AT_ONCE === 0) await recorder.flush()
  }
  await recorder.flush()
  const seconds = (performance.now() - startedMs) / 1_000
  const { stored, dropped } = recorder.counts()
  if (stored !== records || published !== records) {
    throw new Error(`stored ${stored}, published ${published}, dropped ${JSON.stringify(dropped)}`)
  }
  const rows = bench.log.file.raw.prepare('select * from activity_log order by seq').all() as ActivityRow[]
  await bench.close()
  return { perSecond: records / seconds, groupRows: records / commits, rows }
}

async function runBare(file: string, rows: readonly ActivityRow[], batchRows: number): Promise<number> {
  const raw = await openBare(file)
  const startedMs = performance.now()
  if (batchRows === 1) insertOneByOne(raw, rows)
  else insertBatches(raw, rows, batchRows)
  const seconds = (performance.now() - startedMs) / 1_000
  raw.close()
  return rows.length / seconds
}

/** Undefined where there is no Python. */
async function runPython(file: string): Promise<number | undefined> {
  const script = findBenchFile('peers', 'asyncio_recorder.py')
  try {
    const { stdout } = await promisify(execFile)('python3', [script, file, String(PYTHON_RECORDS), '4'])
    return (JSON.parse(stdout) as { per_second: number }).per_second
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return undefined
    throw cause
  }
}
