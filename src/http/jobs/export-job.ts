import { AsyncResource } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { LogExport } from '../../activity/log-export.ts'
import type { JsonObject } from '../../protocol/activity.ts'
import type { ExportQuery } from '../../protocol/api-log.ts'
import type { ExportFormat } from '../../protocol/log-read.ts'
import { toFilters, toMetadata } from '../routes/log-filters.ts'
import type { Services } from '../services.ts'

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

/**
 * Streams what matches, up to the newest entry of this moment. Recorded when it has left or was broken
 * off: what was handed out is worth knowing either way.
 */
export function sendExport(services: Services, query: ExportQuery, reply: FastifyReply): void {
  const { pool, activityFile, recorder } = services
  const { format, ...filters } = query
  const running = new LogExport({
    readPage: (request) => pool.exportPage({ file: activityFile, ...request }),
    filters: toFilters(filters),
    format,
    throughSeq: recorder.committed.seq,
  })
  // Bound: the end of a response may come in the context of another request on its socket.
  const record = AsyncResource.bind((isWhole: boolean) =>
    recordExport(services, running.count, isWhole, { format, filters: toMetadata(filters) }),
  )
  reply.raw.once('close', () => record(running.isComplete && reply.raw.writableFinished))
  void reply
    .header('content-disposition', `attachment; filename="${toFileName(format, new Date())}"`)
    .type(EXPORT_TYPES[format])
    .send(Readable.from(running.chunks()))
}

function recordExport({ recorder }: Services, count: number, isWhole: boolean, order: JsonObject): void {
  const entries = `${count} ${count === 1 ? 'entry' : 'entries'}`
  recorder.record('system', 'activity_log_exported', {
    message: isWhole
      ? `${entries} of the log were exported as ${String(order.format)}.`
      : `An export of the log as ${String(order.format)} was broken off after ${entries}.`,
    severity: isWhole ? 'info' : 'warning',
    metadata: { ...order, count, completed: isWhole },
  })
}

/** Without colons, which Windows does not take: `ledgrab-activity-2026-11-21T235809Z.csv`. */
function toFileName(format: ExportFormat, now: Date): string {
  const time = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '')
  return `ledgrab-activity-${time}.${format}`
}
