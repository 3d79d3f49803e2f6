import { z } from 'zod'
import { readStats } from '../../activity/log-stats.ts'
import { COUNT_CAP } from '../../activity/repository.ts'
import { LedGrabError } from '../../errors.ts'
import { ACTIONS } from '../../protocol/activity.ts'
import {
  ActivityEntrySchema,
  CatalogueAction,
  LogFilters,
  LogPage,
  LogQuery,
  LogStats,
} from '../../protocol/api-log.ts'
import { RetentionPatch, RetentionSettings } from '../../protocol/retention.ts'
import type { App } from '../app.ts'
import { leavingSignal } from '../leaving.ts'
import type { Services } from '../services.ts'
import { IdParams } from './crud.ts'
import { toFilters } from './log-filters.ts'

const PREFIX = '/api/v1/activity-log'

/** Reading the log, and how long it keeps what. */

export function addActivityRoutes(app: App, services: Services): void {
  const { pool, activityFile, retention, recorder } = services

  app.get(
    PREFIX,
    { config: { role: 'viewer' }, schema: { querystring: LogQuery, response: { 200: LogPage } } },
    async ({ query }) => {
      const page = await pool.queryPage({
        file: activityFile,
        filters: toFilters(query),
        limit: query.limit,
        beforeSeq: query.before_seq ?? null,
      })
      const isCapped = page.total > COUNT_CAP
      return {
        entries: [...page.entries],
        next_before_seq: page.nextBeforeSeq,
        total: Math.min(page.total, COUNT_CAP),
        ...(isCapped && { total_capped: true as const }),
        has_more: page.nextBeforeSeq !== null,
        head_seq: page.headSeq,
      }
    },
  )

  app.get(
    `${PREFIX}/:id`,
    { config: { role: 'viewer' }, schema: { params: IdParams, response: { 200: ActivityEntrySchema } } },
    async ({ params }) => {
      const entry = await pool.findEntry({ file: activityFile, id: params.id })
      if (entry === null) {
        throw new LedGrabError('LG_ENTITY_NOT_FOUND', `there is no entry with the id ${params.id}`)
      }
      return entry
    },
  )

  app.get(
    `${PREFIX}/actions`,
    { config: { role: 'viewer' }, schema: { response: { 200: z.array(CatalogueAction) } } },
    async () => Object.entries(ACTIONS).map(([action, info]) => ({ action, ...info })),
  )

  app.get(
    `${PREFIX}/stats`,
    { config: { role: 'viewer' }, schema: { querystring: LogFilters, response: { 200: LogStats } } },
    async ({ query }, reply) =>
      await readStats({
        countHours: (request) => pool.countHours({ file: activityFile, ...request }),
        filters: toFilters(query),
        throughSeq: recorder.committed.seq,
        signal: leavingSignal(reply),
      }),
  )

  app.get(
    `${PREFIX}/settings`,
    { config: { role: 'viewer' }, schema: { response: { 200: RetentionSettings } } },
    async () => retention.getSettings(),
  )

  app.put(
    `${PREFIX}/settings`,
    { config: { role: 'admin' }, schema: { body: RetentionPatch, response: { 200: RetentionSettings } } },
    async ({ body }) => await retention.updateSettings(body),
  )
}
