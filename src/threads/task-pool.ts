import { Piscina } from 'piscina'
import { LedGrabError } from '../errors.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Part } from '../lib/part.ts'
import type { ActivityEntry } from '../protocol/activity.ts'
import type {
  CatchUpRequest,
  CatchUpResult,
  ExportPage,
  ExportPageRequest,
  FindRequest,
  HourCountsResult,
  PageRequest,
  PageResult,
  PrunableRequest,
  PrunableResult,
  StretchRequest,
  VerifyPage,
  VerifyPageRequest,
} from '../protocol/log-read.ts'
import type { ProbeRequest, ProbeResult } from '../protocol/wled-info.ts'
import type { IdentifyRequest, IdentifyResult } from '../protocol/worker-messages.ts'
import type { CheckpointResult } from '../storage/open.ts'
import { taskFile } from './worker-entry.ts'

const STOP_TIMEOUT_MS = 500
/** Idle threads go after this; a reader's connection with them. */
const IDLE_MS = 60_000
const READER_THREADS = 2
/** A page is a few megabytes at most. Left alone, each thread would keep 48 MB for young objects only. */
const READER_LIMITS = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 128 } as const
/** They wait for the network and compute nothing, so one thread does. */
const PROBES_AT_ONCE = 16

/**
 * Finite jobs in threads of their own: reading the log, probing a controller. They do not share
 * threads: whoever looks at the log must not wait for controllers that never answer.
 */
export class TaskPool implements Part {
  #readers: Piscina | undefined
  #probes: Piscina | undefined

  async start(): Promise<void> {
    this.#readers = createReaders()
    this.#probes = new Piscina({
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: PROBES_AT_ONCE,
      idleTimeout: IDLE_MS,
    })
    ignoreErrors(this.#probes)
  }

  /** Closes all connections to the log and goes on with new ones; tasks under way fail. */
  async restartReaders(): Promise<void> {
    const readers = this.#readers
    if (readers === undefined) return
    this.#readers = createReaders()
    await readers.destroy()
  }

  /** Ends all threads, and with them the readers that would block the last checkpoint. */
  async stop(): Promise<void> {
    const pools = [this.#readers, this.#probes]
    this.#readers = undefined
    this.#probes = undefined
    const ended = Promise.all(pools.map(async (pool) => pool?.destroy()))
    await withDeadline(ended, STOP_TIMEOUT_MS, 'ending the task threads')
  }

  async queryPage(request: PageRequest): Promise<PageResult> {
    return await this.#run(this.#readers, 'log-query', 'queryPage', request)
  }

  async readAfter(request: CatchUpRequest): Promise<CatchUpResult> {
    return await this.#run(this.#readers, 'log-query', 'readAfter', request)
  }

  async findEntry(request: FindRequest): Promise<ActivityEntry | null> {
    return await this.#run(this.#readers, 'log-query', 'findEntry', request)
  }

  async countHours(request: StretchRequest): Promise<HourCountsResult> {
    return await this.#run(this.#readers, 'log-query', 'countHours', request)
  }

  async findPrunable(request: PrunableRequest): Promise<PrunableResult> {
    return await this.#run(this.#readers, 'log-query', 'findPrunable', request)
  }

  async exportPage(request: ExportPageRequest): Promise<ExportPage> {
    return await this.#run(this.#readers, 'log-export', 'exportPage', request)
  }

  async verifyPage(request: VerifyPageRequest): Promise<VerifyPage> {
    return await this.#run(this.#readers, 'log-verify', 'verifyPage', request)
  }

  /** Moves the write-ahead log of `file` into it. */
  async checkpoint(file: string): Promise<CheckpointResult> {
    return await this.#run(this.#readers, 'log-checkpoint', 'checkpoint', { file })
  }

  /** Copies a database as it is now into a new file. */
  async copyDatabase(request: { readonly file: string; readonly copy: string }): Promise<void> {
    await this.#run(this.#readers, 'backup', 'copyDatabase', request)
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    return await this.#run(this.#probes, 'probe', 'probe', request)
  }

  async probeNodes(request: ProbeRequest): Promise<readonly string[]> {
    return await this.#run(this.#probes, 'probe', 'probeNodes', request)
  }

  async identify(request: IdentifyRequest): Promise<IdentifyResult> {
    return await this.#run(this.#probes, 'identify', 'identify', request)
  }

  async #run<Result>(
    pool: Piscina | undefined,
    task: string,
    name: string,
    request: object,
  ): Promise<Result> {
    if (pool === undefined) throw toStoppedError()
    try {
      return (await pool.run(request, { filename: taskFile(task), name })) as Result
    } catch (cause) {
      // Ended under its task: nobody's fault.
      throw pool === this.#readers || pool === this.#probes ? cause : toStoppedError(cause)
    }
  }
}

function createReaders(): Piscina {
  const readers = new Piscina({
    minThreads: 0,
    maxThreads: READER_THREADS,
    idleTimeout: IDLE_MS,
    resourceLimits: READER_LIMITS,
  })
  ignoreErrors(readers)
  return readers
}

/**
 * An answer that comes after the end of its pool, or a thread that fails between two tasks and is
 * replaced: who waits for a task is told in its own promise, and the server must not end by it.
 */
function ignoreErrors(pool: Piscina): void {
  pool.on('error', () => {})
}

function toStoppedError(cause?: unknown): LedGrabError {
  return new LedGrabError('LG_THREAD_STOPPED', 'the server is stopping', { cause })
}
