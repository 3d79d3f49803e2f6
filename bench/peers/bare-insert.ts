import type Database from 'better-sqlite3'
import type { ActivityDraft } from '../../src/protocol/activity-draft.ts'

const COLUMNS =
  'seq, ts, category, action, severity, actor, message, entity_type, entity_id, entity_name, metadata, hash'
const PLACES = COLUMNS.split(', ')
  .map(() => '?')
  .join(', ')
const NO_HASH = Buffer.alloc(32)

/** The physical floor: a prepared statement, one transaction per group, nothing else. */
export function insertBatches(
  raw: Database.Database,
  drafts: readonly ActivityDraft[],
  batchRows: number,
): void {
  const insert = prepare(raw)
  const insertGroup = raw.transaction((from: number) => {
    for (const [index, draft] of drafts.slice(from, from + batchRows).entries()) {
      insert.run(...toValues(from + index + 1, draft))
    }
  })
  for (let from = 0; from < drafts.length; from += batchRows) insertGroup(from)
}

/** The obvious way: every record a commit of its own. */
export function insertOneByOne(raw: Database.Database, drafts: readonly ActivityDraft[]): void {
  const insert = prepare(raw)
  for (const [index, draft] of drafts.entries()) insert.run(...toValues(index + 1, draft))
}

function prepare(raw: Database.Database): Database.Statement {
  raw.exec(`create table activity_log (seq integer primary key, ts integer not null, category text not null,
    action text not null, severity text not null, actor text not null, message text not null,
    entity_type text, entity_id text, entity_name text, metadata text not null, hash blob not null)`)
  raw.exec(
    'create index activity_log_entity on activity_log (entity_type, entity_id) where entity_id is not null',
  )
  return raw.prepare(`insert into activity_log (${COLUMNS}) values (${PLACES})`)
}

function toValues(seq: number, draft: ActivityDraft): readonly unknown[] {
  const { tsMs, category, action, severity, actor, message, entityType, entityId, entityName, metadata } =
    draft
  return [
    seq,
    tsMs,
    category,
    action,
    severity,
    actor,
    message,
    entityType,
    entityId,
    entityName,
    metadata,
    NO_HASH,
  ]
}
