import { Piscina } from 'piscina'
import { LedGrabError } from '../errors.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import type { CatchUpRequest, CatchUpResult, PageRequest, PageResult } from '../protocol/log-read.ts'
import type { ProbeRequest, ProbeResult } from '../protocol/wled-info.ts'
import { taskFile } from './worker-entry.ts'

const STOP_TIMEOUT_MS = 500
/** Idle threads go after this; a reader's connection with them. */
const IDLE_MS = 60_000

/** Finite jobs in threads of their own: reading the log, probing a controller. */
export class TaskPool implements Part {
  #pool: Piscina | undefined

  async start(): Promise<void> {
    this.#pool = new Piscina({ minThreads: 0, maxThreads: 2, idleTimeout: IDLE_MS })
  }

  /** Ends all threads, and with them the readers that would block the last checkpoint. */
  async stop(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    if (pool) await withDeadline(pool.destroy(), STOP_TIMEOUT_MS, 'ending the task threads')
  }

  async queryPage(request: PageRequest): Promise<PageResult> {
    return await this.#run('log-query', 'queryPage', request)
  }

  async readAfter(request: CatchUpRequest): Promise<CatchUpResult> {
    return await this.#run('log-query', 'readAfter', request)
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    return await this.#run('probe', 'probe', request)
  }

  async #run<Result>(task: string, name: string, request: object): Promise<Result> {
    if (this.#pool === undefined) throw new LedGrabError('LG_THREAD_STOPPED', 'the server is stopping')
    return (await this.#pool.run(request, { filename: taskFile(task), name })) as Result
  }
}
