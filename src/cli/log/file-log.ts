import { LogExport } from '../../activity/log-export.ts'
import { readStats } from '../../activity/log-stats.ts'
import { verifyLog } from '../../activity/verification.ts'
import { LedGrabError, toErrorMessage } from '../../errors.ts'
import { toVerifyReport } from '../../http/jobs/verify-job.ts'
import { toFilters } from '../../http/routes/log-filters.ts'
import type {
  ClearReport,
  LogFilters,
  LogHead,
  LogStats,
  PruneOrder,
  PruneReport,
  VerifyReport,
} from '../../protocol/api-log.ts'
import { activityMigrations } from '../../storage/activity-migrations.ts'
import { assertMigrated } from '../../storage/migrate.ts'
import { openActivityReader } from '../../storage/open.ts'
import { toStorageError } from '../../storage/sqlite-error.ts'
import { TaskPool } from '../../threads/task-pool.ts'
import { findDataFile } from '../stopped-server.ts'
import { clearFiles, pruneFiles } from './file-upkeep.ts'
import type { ExportRequest, LogSource, LogSourcePage, OnProgress } from './log-source.ts'

/**
 * The log in the files of a data directory, read by the same tasks as a server's. Only `prune` and
 * `clear` write, and take the lock for it; reading goes beside a running server too.
 */
export class FileLog implements LogSource {
  readonly #dataDir: string
  readonly #file: string
  readonly #pool = new TaskPool()

  private constructor(dataDir: string, file: string) {
    this.#dataDir = dataDir
    this.#file = file
  }

  /** @throws `LG_CLI_FAILED` when there is no log, `LG_STORAGE_…` when it cannot be read */
  static async open(dataDir: string): Promise<FileLog> {
    const file = findDataFile(dataDir, 'activity')
    await assertReadable(file)
    const log = new FileLog(dataDir, file)
    await log.#pool.start()
    return log
  }

  async readPage(filters: LogFilters, limit: number, beforeSeq: number | null): Promise<LogSourcePage> {
    const file = this.#file
    const page = await this.#read(
      this.#pool.queryPage({ file, filters: toFilters(filters), limit, beforeSeq }),
    )
    return { entries: [...page.entries], next_before_seq: page.nextBeforeSeq, head_seq: page.headSeq }
  }

  async readStats(filters: LogFilters): Promise<LogStats> {
    const file = this.#file
    return await readStats({
      countHours: (request) => this.#read(this.#pool.countHours({ file, ...request })),
      filters: toFilters(filters),
      throughSeq: await this.#readHeadSeq(),
    })
  }

  async *export({ filters, format, onProgress }: ExportRequest): AsyncGenerator<Uint8Array> {
    const file = this.#file
    const throughSeq = await this.#readHeadSeq()
    let startSeq: number | undefined
    const running = new LogExport({
      readPage: async (request) => {
        const page = await this.#read(this.#pool.exportPage({ file, ...request }))
        startSeq ??= page.scannedSeq - page.count
        onProgress(page.scannedSeq - startSeq, throughSeq - startSeq)
        return page
      },
      filters: toFilters(filters),
      format,
      throughSeq,
    })
    yield* running.chunks()
  }

  async verify(against: LogHead | undefined, onProgress: OnProgress): Promise<VerifyReport> {
    const file = this.#file
    let total: number | undefined
    const result = await verifyLog({
      readPage: async (request) => {
        const page = await this.#read(this.#pool.verifyPage({ file, ...request }))
        total ??= page.newestSeq - page.anchorSeq
        return page
      },
      against: against && { seq: against.seq, hash: Buffer.from(against.hash, 'hex') },
      onProgress: (done) => onProgress(done, total),
    })
    return toVerifyReport(result)
  }

  async prune(order: PruneOrder): Promise<PruneReport> {
    return await pruneFiles(this.#dataDir, this.#file, this.#pool, order)
  }

  async clear(): Promise<ClearReport> {
    return await clearFiles(this.#dataDir)
  }

  async close(): Promise<void> {
    await this.#pool.stop()
  }

  async #readHeadSeq(): Promise<number> {
    return (await this.readPage({}, 1, null)).head_seq
  }

  /** An error's class and code do not come across threads. */
  async #read<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading
    } catch (cause) {
      if (cause instanceof LedGrabError) throw cause
      throw new LedGrabError('LG_CLI_FAILED', `${this.#file} cannot be read (${toErrorMessage(cause)})`, {
        cause,
      })
    }
  }
}

/** Here and not in a task, so that what is wrong can be told as what it is. */
async function assertReadable(file: string): Promise<void> {
  const { db, raw } = openActivityReader(file)
  try {
    await assertMigrated(db, file, activityMigrations)
  } catch (cause) {
    throw toStorageError(cause, file)
  } finally {
    raw.close()
  }
}
