import { type ActivityEntry, isCategory, isSeverity, type JsonObject } from '../protocol/activity.ts'
import type { ActivityRow } from '../storage/row-types.ts'
import { entryId } from './entry-id.ts'

/** In the metadata of an entry that is not quite what was written. */
const UNREADABLE: JsonObject = { _unreadable: true }

/** What of a row its entry is made of. */
export type EntryRow = Omit<ActivityRow, 'hash'>

/** The entry of a row: the one serialiser for the API, the live event and every export. */
export function toActivityEntry(row: EntryRow, salt: number): ActivityEntry {
  const entry = { ...toHead(row, salt), metadata: parseMetadata(row.metadata) }
  return isReadable(entry) ? entry : toReadable(entry)
}

/**
 * `JSON.stringify(toActivityEntry(row))` without parsing the metadata: what the chain hashes and
 * what watchers get.
 */
export function toEntryJson(row: EntryRow, salt: number): string {
  return `${JSON.stringify(toHead(row, salt)).slice(0, -1)},"metadata":${row.metadata}}`
}

/**
 * As `JSON.stringify(toActivityEntry(row))`, for a row that somebody may have edited. Metadata that is as we
 * wrote it is checked and copied, not made again.
 */
export function toReadableJson(row: EntryRow, salt: number): string {
  // A line break between the tokens is JSON, too, and would end the line of an NDJSON export.
  const { metadata } = row
  const isLine = typeof metadata === 'string' && !metadata.includes('\n')
  const isOurs = isLine && isReadable(row) && parseMetadata(metadata) !== UNREADABLE
  return isOurs ? toEntryJson(row, salt) : JSON.stringify(toActivityEntry(row, salt))
}

/**
 * The JSON of an entry from parts that are JSON already.
 *
 * @param head an object of all fields from `category` to `entity_name`
 */
export function toLine(seq: number, ts: number, head: string, metadata: string, salt: number): string {
  return `{"id":"${entryId(seq, salt)}","ts":"${toIsoTime(ts)}",${head.slice(1, -1)},"metadata":${metadata}}`
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

function isReadable(row: Omit<ActivityEntry, 'id' | 'ts' | 'metadata'>): boolean {
  const { category, severity, action, actor, message, entity_type, entity_id, entity_name } = row
  return (
    isCategory(category) &&
    isSeverity(severity) &&
    typeof action === 'string' &&
    typeof actor === 'string' &&
    typeof message === 'string' &&
    [entity_type, entity_id, entity_name].every((text) => text === null || typeof text === 'string')
  )
}

/** As below: SQLite keeps anything in any column. */
function toReadable(entry: ActivityEntry): ActivityEntry {
  const toText = (value: unknown): string | null => (value === null ? null : String(value))
  return {
    ...entry,
    category: isCategory(entry.category) ? entry.category : 'system',
    action: String(entry.action),
    severity: isSeverity(entry.severity) ? entry.severity : 'error',
    actor: String(entry.actor),
    message: String(entry.message),
    entity_type: toText(entry.entity_type),
    entity_id: toText(entry.entity_id),
    entity_name: toText(entry.entity_name),
    metadata: { ...entry.metadata, ...UNREADABLE },
  }
}

let lastTime = { ms: 0, iso: '1970-01-01T00:00:00.000Z' }

/** As below: a time that is none must not throw. Entries of one group often share theirs. */
function toIsoTime(ms: number): string {
  if (ms === lastTime.ms) return lastTime.iso
  const time = new Date(ms)
  if (Number.isNaN(time.getTime())) return '1970-01-01T00:00:00.000Z'
  lastTime = { ms, iso: time.toISOString() }
  return lastTime.iso
}

/** A row somebody edited by hand must not take the page down with it; `verify` names it. */
function parseMetadata(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Falls through to the mark below.
  }
  return UNREADABLE
}
