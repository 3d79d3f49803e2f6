import type { SubscriptionFilters } from '../protocol/api-log.ts'
import type { ActivityFilters } from '../protocol/log-read.ts'
import type { ActivityRow } from '../storage/row-types.ts'

/** The filters of a subscription as the repository takes them. */
export function fromSubscriptionFilters(filters: SubscriptionFilters): ActivityFilters {
  const { categories, severities, actions, actor, entity_type: entityType, entity_id: entityId } = filters
  return {
    ...(categories && { categories }),
    ...(severities && { severities }),
    ...(actions && { actions }),
    ...(actor !== undefined && { actor }),
    ...(entityType !== undefined && { entityType }),
    ...(entityId !== undefined && { entityId }),
  }
}

/** Whether a live entry matches; the same rules as the repository's for a stored one. */
export function matches(row: ActivityRow, filters: ActivityFilters): boolean {
  const { categories, severities, actions, actor, entityType, entityId } = filters
  return (
    (!categories?.length || categories.includes(row.category)) &&
    (!severities?.length || severities.includes(row.severity)) &&
    (!actions?.length || actions.includes(row.action)) &&
    (actor === undefined || actor === row.actor) &&
    (entityType === undefined || entityType === row.entity_type) &&
    (entityId === undefined || entityId === row.entity_id)
  )
}
