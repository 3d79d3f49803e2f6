import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import {
  ClearReport,
  type LogFilters,
  type LogHead,
  LogPage,
  LogStats,
  type PruneOrder,
  PruneReport,
  VerifyReport,
} from '../../protocol/api-log.ts'
import {
  type ApiAddress,
  type CallOptions,
  callServer,
  notLedGrab,
  openAnswer,
  toUnreachable,
} from '../api-client.ts'
import { EventSocket } from '../event-socket.ts'
import type { ExportRequest, LogSource, LogSourcePage, OnProgress } from './log-source.ts'

const PREFIX = '/api/v1/activity-log'
/** What takes longer than this is long work, whose progress is worth a connection of its own. */
const LONG_WORK_MS = 1_000
const LINE_FEED = 10

/** The log of a running server. */
export class ServerLog implements LogSource {
  readonly #address: ApiAddress

  constructor(address: ApiAddress) {
    this.#address = address
  }

  async readPage(filters: LogFilters, limit: number, beforeSeq: number | null): Promise<LogSourcePage> {
    const query = toQuery(filters)
    query.set('limit', String(limit))
    if (beforeSeq !== null) query.set('before_seq', String(beforeSeq))
    return await this.#call(LogPage, 'GET', `${PREFIX}?${query}`)
  }

  async readStats(filters: LogFilters): Promise<LogStats> {
    return await this.#call(LogStats, 'GET', `${PREFIX}/stats?${toQuery(filters)}`, { timeoutMs: null })
  }

  async *export({ filters, format, onProgress }: ExportRequest): AsyncGenerator<Uint8Array> {
    const query = toQuery(filters)
    query.set('format', format)
    const total = await this.#countForBar(filters)
    const answer = await openAnswer(this.#address, 'GET', `${PREFIX}/export?${query}`, { timeoutMs: null })
    // In each format an entry is one line; two of them begin with a line of their own.
    let lines = format === 'ndjson' ? 0 : -1
    try {
      for await (const chunk of answer as AsyncIterable<Uint8Array>) {
        for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1
        onProgress(Math.max(0, lines), total)
        yield chunk
      }
    } catch (cause) {
      throw toUnreachable(this.#address, cause)
    }
  }

  async verify(against: LogHead | undefined, onProgress: OnProgress): Promise<VerifyReport> {
    const body = against ? { against } : {}
    const watching = new AbortController()
    const watched = this.#watchVerification(onProgress, watching.signal)
    try {
      return await this.#call(VerifyReport, 'POST', `${PREFIX}/verify`, { body, timeoutMs: null })
    } finally {
      watching.abort()
      await watched
    }
  }

  async prune(order: PruneOrder): Promise<PruneReport> {
    return await this.#call(PruneReport, 'POST', `${PREFIX}/prune`, { body: order, timeoutMs: null })
  }

  async clear(): Promise<ClearReport> {
    return await this.#call(ClearReport, 'DELETE', PREFIX, { timeoutMs: null })
  }

  async close(): Promise<void> {}

  async #call<T>(schema: z.ZodType<T>, method: string, path: string, options: CallOptions = {}): Promise<T> {
    const answer = schema.safeParse(await callServer(this.#address, method, path, options))
    if (answer.success) return answer.data
    throw notLedGrab(answer.error)
  }

  /** How many entries match, where there is somebody to show it to and counting them is cheap. */
  async #countForBar(filters: LogFilters): Promise<number | undefined> {
    if (!process.stderr.isTTY) return undefined
    const page = await this.#call(LogPage, 'GET', `${PREFIX}?limit=1&${toQuery(filters)}`)
    return page.total_capped ? undefined : page.total
  }

  /** Tells the progress of a verification that takes long to somebody at a terminal; never fails. */
  async #watchVerification(onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    if (!process.stderr.isTTY) return
    try {
      await delay(LONG_WORK_MS, undefined, { signal })
      const socket = await EventSocket.connect(this.#address, signal)
      socket.subscribe({}, (event) => {
        if (event.type === 'job_progress' && event.job === 'verify') onProgress(event.done, event.total)
      })
      await once(signal, 'abort')
      socket.close()
    } catch {
      // Only the bar is missing then.
    }
  }
}

function toQuery({ since, until, ...filters }: LogFilters): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined) query.set(name, String(value))
  }
  if (since !== undefined) query.set('since', new Date(since).toISOString())
  if (until !== undefined) query.set('until', new Date(until).toISOString())
  return query
}
