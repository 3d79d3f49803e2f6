import { join } from 'node:path'
import { Pruner } from '../../src/activity/pruner.ts'
import type { ActivityRow } from '../../src/storage/row-types.ts'
import { openBare, prepareInsert } from '../peers/bare-insert.ts'
import { type BenchRow, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { openBenchLog, withFolder } from '../support/bench-log.ts'
import { rowOf, SAMPLE } from '../support/sample.ts'

const CHUNK_BUDGET_MS = 2
const WRITE_EVERY_MS = 2

/** Removing old entries in chunks, with and without entities in the index, while others are written. */
export async function measurePrune({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const count = isShort ? 50_000 : 500_000
  return await withFolder(async (folder) => {
    const rows: BenchRow[] = []
    for (const [id, what, target, toRow] of [
      ['plain', 'entries without an entity', 200_000, withoutEntity],
      ['entity', 'entries of 50 entities', 40_000, rowOf],
    ] as const) {
      say(`pruning ${count} ${what}`)
      const { perSecond, waitsMs } = await prune(join(folder, `${id}.db`), count, toRow)
      rows.push(
        {
          id: `prune-${id}`,
          what: `pruning, ${what}`,
          value: Math.round(perSecond),
          unit: 'rows/s',
          target: { is: '>=', value: target },
        },
        {
          id: `prune-${id}-stall-p99`,
          what: `how long a record waits for its commit meanwhile, 99 of 100, beyond its own commit`,
          value: round3(percentile(waitsMs, 0.99)),
          unit: 'ms',
          target: { is: '<=', value: 3 },
        },
      )
    }
    return { rows }
  })
}

async function prune(file: string, count: number, toRow: (seq: number) => ActivityRow) {
  const raw = await openBare(file)
  raw.pragma('synchronous = OFF')
  const insert = prepareInsert(raw)
  raw.transaction(() => {
    for (let seq = 1; seq <= count; seq += 1) insert.run(toRow(seq))
  })()
  raw.close()

  const commitsMs: number[] = []
  const bench = await openBenchLog(file, { onCommitTimed: (_rows, tookMs) => commitsMs.push(tookMs) })
  const { recorder, repository } = bench.log
  const waitsMs: number[] = []
  let isPruning = true
  const write = async (): Promise<void> => {
    while (isPruning) {
      const startedMs = performance.now()
      recorder.record('system', 'server_started', SAMPLE)
      await recorder.flush()
      waitsMs.push(performance.now() - startedMs - (commitsMs.at(-1) ?? 0))
      await new Promise((resolve) => setTimeout(resolve, WRITE_EVERY_MS))
    }
  }
  const writing = write()
  const startedMs = performance.now()
  let removed = 0
  await new Pruner(repository, CHUNK_BUDGET_MS).run(
    { beforeMs: null, maxEntries: 100 },
    () => false,
    (gone) => {
      removed += gone.count
    },
  )
  const seconds = (performance.now() - startedMs) / 1_000
  isPruning = false
  await writing
  await bench.close()
  if (removed < count - 100) throw new Error(`only ${removed} of ${count} went`)
  return { perSecond: removed / seconds, waitsMs }
}

function withoutEntity(seq: number): ActivityRow {
  return { ...rowOf(seq), entity_type: null, entity_id: null, entity_name: null }
}
