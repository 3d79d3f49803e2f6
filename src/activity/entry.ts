import type { ActivityEntry, JsonObject } from '../protocol/activity.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { entryId } from './entry-id.ts'

type EntryRow = Omit<ActivityRow, 'hash'>

/** The entry of a row: the one serialiser for the API, the live event and every export. */
export function toActivityEntry(row: EntryRow, salt: number): ActivityEntry {
  return { ...toHead(row, salt), metadata: parseMetadata(row.metadata) }
}

/**
 * `JSON.stringify(toActivityEntry(row))` without parsing the metadata: what the chain hashes and
 * what watchers get.
 */
export function toEntryJson(row: EntryRow, salt: number): string {
  return `${JSON.stringify(toHead(row, salt)).slice(0, -1)},"metadata":${row.metadata}}`
}

function toHead(row: EntryRow, salt: number): Omit<ActivityEntry, 'metadata'> {
  return {
    id: entryId(row.seq, salt),
    ts: toIsoTime(row.ts),
    category: row.category,
    action: row.action,
    severity: row.severity,
    actor: row.actor,
    message: row.message,
    entity_type: row.entity_type,
    entity_id: row.entity_id,
    entity_name: row.entity_name,
  }
}

/** As below: a time that is none must not throw. */
function toIsoTime(ms: number): string {
  const time = new Date(ms)
  return Number.isNaN(time.getTime()) ? '1970-01-01T00:00:00.000Z' : time.toISOString()
}

/** A row somebody edited by hand must not take the page down with it; `verify` names it. */
function parseMetadata(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Falls through to the mark below.
  }
  return { _unreadable: true }
}
