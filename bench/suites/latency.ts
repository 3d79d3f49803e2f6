import { join } from 'node:path'
import { type BenchRow, percentile, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { withLoad } from '../support/load.ts'
import { Watchers } from '../support/watchers.ts'
import { startWatchingServer } from '../support/watching-server.ts'

const WORKERS = 2
const CURVE_CLIENTS = [1, 5, 10, 20, 50, 100, 200, 500] as const
const CURVE_RATE = 200

/** From `record()` in a worker to the frame at a client of the event socket, at `synchronous=FULL`. */
export async function measureLatency({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const seconds = isShort ? 2 : 20
  return await withFolder(async (folder) => {
    const rows: BenchRow[] = []
    for (const [rate, clients] of [
      [1_000, 50],
      [5_000, 5],
    ] as const) {
      say(`latency at ${rate} records/s with ${clients} clients`)
      const { agesUs, outOfOrder } = await run(join(folder, `${rate}.db`), rate, clients, seconds)
      rows.push({
        id: `latency-p99-${rate}-${clients}`,
        what: `record() in a worker to the frame at a client, 99 of 100, at ${rate} a second with ${clients} clients`,
        value: round3(percentile(agesUs, 0.99) / 1_000),
        unit: 'ms',
        target: { is: '<=', value: 5 },
        note: `half within ${round3(percentile(agesUs, 0.5) / 1_000)} ms; ${outOfOrder} frames out of order`,
      })
    }
    const points: { readonly p50: [number, number][]; readonly p99: [number, number][] } = {
      p50: [],
      p99: [],
    }
    for (const clients of isShort ? [1, 50] : CURVE_CLIENTS) {
      say(`latency at ${CURVE_RATE} records/s with ${clients} clients`)
      const { agesUs } = await run(join(folder, `curve-${clients}.db`), CURVE_RATE, clients, isShort ? 2 : 8)
      points.p50.push([clients, round3(percentile(agesUs, 0.5) / 1_000)])
      points.p99.push([clients, round3(percentile(agesUs, 0.99) / 1_000)])
    }
    return {
      rows,
      curves: [
        {
          id: 'latency-over-clients',
          title: `From record() to the frame at a client, ${CURVE_RATE} records a second`,
          x: { title: 'clients', isLog: true },
          y: { title: 'ms', isLog: false },
          series: [
            { name: 'half of the frames', points: points.p50 },
            { name: '99 of 100', points: points.p99 },
          ],
        },
      ],
    }
  })
}

async function run(file: string, rate: number, clients: number, seconds: number) {
  const server = await startWatchingServer(file)
  const watchers = await Watchers.start(server.url, clients)
  try {
    return await withLoad(server.log.recorder, WORKERS, async (workers) => {
      const offer = (forSeconds: number): Promise<unknown> =>
        Promise.all(workers.map((worker) => worker.run(rate / WORKERS, forSeconds)))
      // Until everything is compiled and the sockets have grown their buffers.
      await offer(1)
      await watchers.heard()
      await offer(seconds)
      await server.log.recorder.flush()
      return await watchers.heard()
    })
  } finally {
    await watchers.stop()
    await server.close()
  }
}
