/**
 * A process of its own: the activity log, its watchers and `/metrics`, put together from the server's
 * parts, and worker threads that record as fast as they are told to.
 * Runs compiled, as `flood-build.ts` makes it: `node flood-server.js DATA_DIR`.
 *
 * `POST /flood` with `{workers, burst, everyMs, count?, padding?}` begins. SIGTERM stops in order.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { ActivityLog } from '../../src/activity/activity-log.ts'
import { Checkpointer } from '../../src/activity/checkpointer.ts'
import { toEntryJson } from '../../src/activity/entry.ts'
import { Metrics } from '../../src/http/metrics.ts'
import { SourceStates } from '../../src/lighting/source-states.ts'
import { TargetStatsBook } from '../../src/lighting/target-stats-book.ts'
import { RealtimeHub } from '../../src/realtime/hub.ts'
import { dataDirFiles, lockDataDir } from '../../src/storage/data-dir.ts'
import { checkpoint } from '../../src/storage/open.ts'
import { Supervisor } from '../../src/threads/supervisor.ts'
import { TaskPool } from '../../src/threads/task-pool.ts'
import type { FloodOptions, FloodPlan, FloodReport } from './flood.ts'

type FloodSupervisor = Supervisor<FloodOptions, { kind: string }, FloodReport>

const dataDir = process.argv[2] ?? ''
const file = dataDirFiles(dataDir).activity
const warn = (message: string, fields: object): void => console.error(message, JSON.stringify(fields))

const lock = lockDataDir(dataDir)
const log = await ActivityLog.open(file, {
  enabled: true,
  publish: (entries) => hub.publishEntries(entries),
  warn,
  replaceDamaged: true,
  onReplacing: () => pool.restartReaders(),
  onReplaced: async ({ logId, headSeq }) => hub.reset(logId, headSeq),
  onCommitTimed: (rows, tookMs) => {
    metrics.noteCommit(rows, tookMs)
    checkpointer.noteCommit(rows)
  },
})
const { recorder, repository, state } = log
const pool = new TaskPool()
const checkpointer = new Checkpointer({
  checkpointBeside: () => pool.checkpoint(file),
  checkpointHere: () => checkpoint(log.file.raw),
  warn: (message, cause) => warn(message, { cause: String(cause) }),
})
const hub = new RealtimeHub({
  logId: state.logId,
  headSeq: state.headSeq,
  authenticate: () => ({ actor: 'anonymous', role: 'viewer' }),
  readAfter: async (afterSeq, filters, limit) => {
    const { rows, ...page } = await repository.readAfter(afterSeq, filters, limit)
    return { ...page, entries: rows.map((row) => ({ seq: row.seq, json: toEntryJson(row, log.state.salt) })) }
  },
  onPreviews: () => {},
  warn,
})
const metrics = new Metrics({
  recorder,
  retention: { removedCount: 0, runCount: 0 },
  hub,
  sources: new SourceStates({ publish: () => {} }),
  stats: new TargetStatsBook(),
  activityFile: file,
})
const workers: FloodSupervisor[] = []

async function flood({ workers: count, ...plan }: FloodPlan & { readonly workers: number }): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    workers.push(
      new Supervisor<FloodOptions, { kind: string }, FloodReport>(
        { recorder, log: (_level, message, fields) => warn(message, fields) },
        {
          entry: 'flood',
          name: `flood ${i}`,
          options: () => ({ ...plan, source: randomUUID() }),
          onReport: () => {},
          resolve: () => ({ file: new URL('./flood.worker.js', import.meta.url) }),
        },
      ),
    )
  }
  await Promise.all(workers.map((worker) => worker.start()))
}

const server = createServer((request, response) => {
  const answer = async (): Promise<string> => {
    if (request.method === 'GET') return await metrics.read()
    await flood((await json(request)) as FloodPlan & { readonly workers: number })
    return ''
  }
  answer().then(
    (text) => response.end(text),
    (cause: unknown) => response.writeHead(500).end(String(cause)),
  )
})
server.on('upgrade', (request, socket, head) => hub.handleUpgrade(request, socket, head, undefined))

process.once('SIGTERM', () => void stop())

/** In the order of the real server. */
async function stop(): Promise<void> {
  await Promise.all(workers.map((worker) => worker.stop()))
  checkpointer.stop()
  await recorder.flush()
  await pool.stop()
  await hub.stop()
  server.closeAllConnections()
  server.close()
  const lost = recorder.flushSync()
  console.log(`books ${JSON.stringify({ ...recorder.counts(), lost })}`)
  log.file.raw.close()
  lock.release()
}

await pool.start()
await hub.start()
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
