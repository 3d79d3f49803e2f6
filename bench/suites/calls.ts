import { join } from 'node:path'
import { type BenchRow, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { openBenchLog, withFolder } from '../support/bench-log.ts'
import { withLoad } from '../support/load.ts'
import { SAMPLE } from '../support/sample.ts'

/** What a caller of `record()` waits for, on the main thread and in a worker, beside `JSON.stringify` of it. */
export async function measureCalls({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const count = isShort ? 20_000 : 200_000
  say(`${count} calls of record() on each side`)
  return await withFolder(async (folder) => {
    const bench = await openBenchLog(join(folder, 'activity.db'))
    const { recorder } = bench.log
    const main = new Float64Array(count)
    const peer = new Float64Array(count)
    for (let i = 0; i < count; i += 1) {
      let startedMs = performance.now()
      recorder.record('entity', 'entity_updated', SAMPLE)
      main[i] = (performance.now() - startedMs) * 1_000
      startedMs = performance.now()
      JSON.stringify(SAMPLE)
      peer[i] = (performance.now() - startedMs) * 1_000
      if (i % 1_000 === 999) await recorder.flush()
    }
    const worker = await withLoad(recorder, 1, async ([load]) =>
      load === undefined ? new Float64Array() : await load.timeCalls(Math.min(count, 50_000)),
    )
    await bench.close()
    return { rows: [...toRows('main', main, peer, 2, 10), ...toRows('worker', worker, peer, 5, 50)] }
  })
}

function toRows(
  where: 'main' | 'worker',
  us: Float64Array,
  peer: Float64Array,
  p50: number,
  p99: number,
): readonly BenchRow[] {
  const place = where === 'main' ? 'on the main thread' : 'in a worker'
  return (
    [
      [0.5, p50, 'half'],
      [0.99, p99, '99 of 100'],
    ] as const
  ).map(([share, target, words]) => {
    const value = round3(percentile(us, share))
    const peerValue = round3(percentile(peer, share))
    return {
      id: `record-${where}-p${share * 100}`,
      what: `one call of record() ${place}, ${words}`,
      value,
      unit: 'µs',
      target: { is: '<=', value: target },
      peer: { name: 'JSON.stringify of the record', value: peerValue },
      ratio: round3(peerValue / value),
    }
  })
}
