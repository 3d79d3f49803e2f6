import { COUNT_CAP } from '../../activity/repository.ts'
import { LogPage, LogQuery } from '../../protocol/api-log.ts'
import type { ActivityFilters } from '../../protocol/log-read.ts'
import { RetentionPatch, RetentionSettings } from '../../protocol/retention.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'

const PREFIX = '/api/v1/activity-log'

export function addActivityRoutes(app: App, services: Services): void {
  const { pool, activityFile, retention } = services

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

function toFilters(query: LogQuery): ActivityFilters {
  const { entity_type: entityType, entity_id: entityId, since: sinceMs, until: untilMs } = query
  const { categories, severities, actions, actor, q } = query
  return {
    ...(categories && { categories }),
    ...(severities && { severities }),
    ...(actions && { actions }),
    ...(actor !== undefined && { actor }),
    ...(entityType !== undefined && { entityType }),
    ...(entityId !== undefined && { entityId }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(untilMs !== undefined && { untilMs }),
    ...(q !== undefined && { q }),
  }
}
