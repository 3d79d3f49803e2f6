import type {
  ClearReport,
  LogFilters,
  LogHead,
  LogPage,
  LogStats,
  PruneOrder,
  PruneReport,
  VerifyReport,
} from '../../protocol/api-log.ts'
import type { ExportFormat } from '../../protocol/log-read.ts'

/** How far a long job is, in entries; `total` is undefined where nobody knows it. */
export type OnProgress = (done: number, total: number | undefined) => void

export interface ExportRequest {
  readonly filters: LogFilters
  readonly format: ExportFormat
  readonly onProgress: OnProgress
}

/** The activity log as commands see it, wherever it is. */
export interface LogSource {
  /** At most 200 entries, newest first, of those before `beforeSeq`. */
  readPage(filters: LogFilters, limit: number, beforeSeq: number | null): Promise<LogSourcePage>
  readStats(filters: LogFilters): Promise<LogStats>
  /** The text in UTF-8; throws when it breaks off. */
  export(request: ExportRequest): AsyncIterable<Uint8Array>
  verify(against: LogHead | undefined, onProgress: OnProgress): Promise<VerifyReport>
  prune(order: PruneOrder): Promise<PruneReport>
  clear(): Promise<ClearReport>
  close(): Promise<void>
}

export type LogSourcePage = Pick<LogPage, 'entries' | 'next_before_seq' | 'head_seq'>
