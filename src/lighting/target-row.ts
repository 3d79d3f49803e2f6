import { Layout, Processing, type Target } from '../protocol/api-targets.ts'
import type { TargetState } from '../protocol/server-events.ts'
import type { StoredRow } from '../storage/entity-store.ts'

/** A target as the API shows it. */
export function toTarget(row: StoredRow<'targets'>, state: TargetState): Target {
  return {
    id: row.id,
    name: row.name,
    device_id: row.device_id,
    source_id: row.source_id,
    layout: Layout.parse(JSON.parse(row.layout)),
    processing: Processing.parse(JSON.parse(row.processing)),
    state,
    created_at: new Date(row.created_ts).toISOString(),
  }
}

/** The columns of a target that a person can change. */
export function toTargetColumns(
  target: Omit<Target, 'id' | 'state' | 'created_at'>,
): Omit<StoredRow<'targets'>, 'id' | 'wanted' | 'created_ts'> {
  return {
    name: target.name,
    device_id: target.device_id,
    source_id: target.source_id,
    layout: JSON.stringify(target.layout),
    processing: JSON.stringify(target.processing),
  }
}
