import type { JsonObject } from '../../protocol/activity.ts'
import type { LogFilters } from '../../protocol/api-log.ts'
import type { ActivityFilters } from '../../protocol/log-read.ts'

/** The filters of a query as the readers take them. */
export function toFilters(query: LogFilters): ActivityFilters {
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

/** The filters of a query as an entry tells them: as they were asked for. */
export function toMetadata({ since, until, ...filters }: LogFilters): JsonObject {
  const given = Object.entries({
    ...filters,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    until: until === undefined ? undefined : new Date(until).toISOString(),
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return Object.fromEntries(given)
}
