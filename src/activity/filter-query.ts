import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { ActivityFilters } from '../protocol/log-read.ts'
import { FOLD_CASE } from '../storage/open.ts'
import type { ActivityDatabase } from '../storage/row-types.ts'
import { SYSTEM_ACTOR } from './actor.ts'

type Rows<T> = SelectQueryBuilder<ActivityDatabase, 'activity_log', T>

// What follows from the filter anyway, in the words of a partial index: SQLite uses one only then
// (sqlite.org/partialindex.html §3.1).
const IS_AUTH = sql<boolean>`category = 'auth'`
const IS_NOTABLE = sql<boolean>`severity <> 'info'`
const IS_PERSON = sql<boolean>`actor <> 'system'`

const SEARCHED = ['message', 'action', 'entity_name', 'actor'] as const

/** Narrows a query on the log to what matches all filters. */
export function applyFilters<T>(query: Rows<T>, filters: ActivityFilters): Rows<T> {
  let filtered = query
  if (filters.categories?.length) {
    filtered = filtered.where('category', 'in', filters.categories)
    if (filters.categories.every((category) => category === 'auth')) filtered = filtered.where(IS_AUTH)
  }
  if (filters.severities?.length) {
    filtered = filtered.where('severity', 'in', filters.severities)
    if (!filters.severities.includes('info')) filtered = filtered.where(IS_NOTABLE)
  }
  if (filters.actions?.length) filtered = filtered.where('action', 'in', filters.actions)
  if (filters.actor !== undefined) {
    filtered = filtered.where('actor', '=', filters.actor)
    if (filters.actor !== SYSTEM_ACTOR) filtered = filtered.where(IS_PERSON)
  }
  if (filters.entityType !== undefined) filtered = filtered.where('entity_type', '=', filters.entityType)
  if (filters.entityId !== undefined) filtered = filtered.where('entity_id', '=', filters.entityId)
  if (filters.sinceMs !== undefined) filtered = filtered.where('ts', '>=', filters.sinceMs)
  if (filters.untilMs !== undefined) filtered = filtered.where('ts', '<', filters.untilMs)
  if (filters.q !== undefined) filtered = applySearch(filtered, filters.q)
  return filtered
}

function applySearch<T>(query: Rows<T>, q: string): Rows<T> {
  return query.where((where) => where.or(SEARCHED.map((column) => contains(column, q))))
}

/** See docs/adr/0006 for what each way costs. */
function contains(column: string, q: string): RawBuilder<boolean> {
  // SQLite's LIKE ignores the case of ASCII letters only.
  const like = sql<boolean>`${sql.ref(column)} like ${toPattern(q)} escape '\\'`
  if (/^[\0-\x7f]*$/.test(q)) return like
  return sql<boolean>`(${like} and instr(${sql.id(FOLD_CASE)}(${sql.ref(column)}), ${q.toLowerCase()}) > 0)`
}

/** A pattern that everything matches which contains `q`, and for an ASCII `q` nothing else. */
function toPattern(q: string): string {
  return `%${q.replace(/[\\%_]/g, '\\$&').replace(/[^\0-\x7f]+/g, '%')}%`
}
