import { join } from 'node:path'
import { percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { withLoad } from '../support/load.ts'
import { readStolenMs } from '../support/stolen-time.ts'
import { Watchers } from '../support/watchers.ts'
import { startWatchingServer } from '../support/watching-server.ts'

const RATE = 30_000
const WORKERS = 4

/** 30,000 records a second, offered at a steady pace by four workers, with one client that watches. */
export async function measureSteady({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const seconds = isShort ? 3 : 60
  say(`${RATE} records/s for ${seconds} s`)
  return await withFolder(async (folder) => {
    const commitsMs: number[] = []
    const server = await startWatchingServer(join(folder, 'activity.db'), (_rows, tookMs) =>
      commitsMs.push(tookMs),
    )
    const { recorder } = server.log
    const watchers = await Watchers.start(server.url, 1)
    const stolenBeforeMs = readStolenMs()
    const startedMs = performance.now()
    const offered = await withLoad(recorder, WORKERS, async (workers) => {
      const counts = await Promise.all(workers.map((worker) => worker.run(RATE / WORKERS, seconds)))
      return counts.reduce((sum, count) => sum + count)
    })
    await recorder.flush()
    const tookSeconds = (performance.now() - startedMs) / 1_000
    const stolenMs = readStolenMs() - stolenBeforeMs
    const { stored, dropped } = recorder.counts()
    const { frames, outOfOrder, agesUs } = await watchers.heard()
    await watchers.stop()
    await server.close()
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    return {
      rows: [
        {
          id: 'steady-stored',
          what: `committed, chained and published to one client, offered ${RATE} a second by ${WORKERS} workers for ${seconds} s`,
          value: stored,
          unit: 'records',
          target: { is: '>=', value: RATE * seconds },
          note: `${offered} offered, ${frames} frames heard, ${outOfOrder} out of order; ${Math.round(stored / tookSeconds)} a second until the last was committed`,
        },
        {
          id: 'steady-dropped',
          what: 'of these dropped',
          value: lost,
          unit: 'records',
          target: { is: '<=', value: 0 },
          note: `the host of this machine took ${stolenMs} ms of its processors meanwhile`,
        },
        {
          id: 'steady-latency-p99',
          what: 'record() in a worker to the frame at the client, 99 of 100',
          value: round3(percentile(agesUs, 0.99) / 1_000),
          unit: 'ms',
        },
        {
          id: 'steady-commit-p99',
          what: 'one commit, 99 of 100',
          value: round3(percentile(commitsMs, 0.99)),
          unit: 'ms',
        },
      ],
    }
  })
}
