import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { openBenchLog, withFolder } from '../support/bench-log.ts'
import { withLoad } from '../support/load.ts'

const RATE = 5_000
const WORKERS = 4

/** How much later the event loop comes to its timers while 5,000 records a second are committed. */
export async function measureLoopDelay({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const seconds = isShort ? 2 : 20
  say(`delay of the event loop, without and with ${RATE} records/s`)
  return await withFolder(async (folder) => {
    const commitsMs: number[] = []
    const bench = await openBenchLog(join(folder, 'activity.db'), {
      onCommitTimed: (_rows, tookMs) => commitsMs.push(tookMs),
    })
    const { idle, busy } = await withLoad(bench.log.recorder, WORKERS, async (workers) => {
      const offer = (forSeconds: number): Promise<unknown> =>
        Promise.all(workers.map((worker) => worker.run(RATE / WORKERS, forSeconds)))
      await offer(1)
      const idle = await delayDuring(() => sleep(seconds * 250))
      const busy = await delayDuring(() => offer(seconds))
      return { idle, busy }
    })
    await bench.close()
    return {
      rows: [
        {
          id: 'loop-delay-p99',
          what: `delay of the event loop caused by ${RATE} records a second, 99 of 100`,
          value: round3(Math.max(0, busy - idle)),
          unit: 'ms',
          target: { is: '<=', value: 2 },
          note: `${round3(busy)} ms with it, ${round3(idle)} ms without; one commit: ${round3(percentile(commitsMs, 0.99))} ms`,
        },
      ],
    }
  })
}

/** 99 of 100 samples are below it, ms. A timer is asked for every millisecond. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await work()
  delay.disable()
  return delay.percentile(99) / 1e6
}
