import { CATEGORIES, type Category, SEVERITIES, type Severity } from '../../protocol/activity.ts'
import { createSearch } from '../../protocol/log-search.ts'
import type { ActivityEntry } from '../api/types.ts'
import { startOfDay } from '../lib/time.ts'

/** Which entries are shown. Kept in the address of the page, under the names the API has for them. */
export interface LogFilter {
  readonly categories: readonly Category[]
  readonly severities: readonly Severity[]
  readonly actions: readonly string[]
  readonly actor?: string
  readonly entityType?: string
  readonly entityId?: string
  /** Inclusive. */
  readonly sinceMs?: number
  /** Exclusive. */
  readonly untilMs?: number
  readonly q?: string
}

export const NO_FILTER: LogFilter = { categories: [], severities: [], actions: [] }
export const PRESETS = ['all', 'today', 'errors', 'auth', 'devices'] as const
export type Preset = (typeof PRESETS)[number]

/** Reads the query of an address, leaving out what makes no sense. */
export function parseFilter(query: URLSearchParams): LogFilter {
  const list = (name: string): readonly string[] => query.getAll(name).flatMap((text) => text.split(','))
  const text = (name: string, maxLength: number): string | undefined =>
    query.get(name)?.slice(0, maxLength) || undefined
  const time = (name: string): number | undefined => {
    const ms = Date.parse(query.get(name) ?? '')
    return Number.isNaN(ms) ? undefined : ms
  }
  return withoutUndefined({
    categories: CATEGORIES.filter((category) => list('categories').includes(category)),
    severities: SEVERITIES.filter((severity) => list('severities').includes(severity)),
    actions: list('actions')
      .filter((action) => /^\w{1,64}$/.test(action))
      .slice(0, 64),
    actor: text('actor', 200),
    entityType: text('entity_type', 64),
    entityId: text('entity_id', 200),
    sinceMs: time('since'),
    untilMs: time('until'),
    q: text('q', 200),
  })
}

/** The filter as parameters, for the address and for the API alike. */
export function toQuery(filter: LogFilter): Readonly<Record<string, string>> {
  const time = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString())
  const all = {
    categories: filter.categories.join(','),
    severities: filter.severities.join(','),
    actions: filter.actions.join(','),
    actor: filter.actor ?? '',
    entity_type: filter.entityType ?? '',
    entity_id: filter.entityId ?? '',
    since: time(filter.sinceMs),
    until: time(filter.untilMs),
    q: filter.q ?? '',
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

/** The address that shows these entries. */
export function toAddress(filter: Partial<LogFilter>, entryId?: string): string {
  const search = new URLSearchParams({
    ...toQuery({ ...NO_FILTER, ...filter }),
    ...(entryId !== undefined && { entry: entryId }),
  }).toString()
  return search === '' ? '/activity' : `/activity?${search}`
}

/** Whether a live entry belongs to what is shown: the server's own rules. */
export function createMatcher(filter: LogFilter): (entry: ActivityEntry) => boolean {
  const finds = filter.q === undefined ? undefined : createSearch(filter.q)
  const oneOf = (wanted: readonly string[], value: string): boolean =>
    wanted.length === 0 || wanted.includes(value)
  return (entry) => {
    const tsMs = Date.parse(entry.ts)
    return (
      oneOf(filter.categories, entry.category) &&
      oneOf(filter.severities, entry.severity) &&
      oneOf(filter.actions, entry.action) &&
      (filter.actor === undefined || filter.actor === entry.actor) &&
      (filter.entityType === undefined || filter.entityType === entry.entity_type) &&
      (filter.entityId === undefined || filter.entityId === entry.entity_id) &&
      (filter.sinceMs === undefined || tsMs >= filter.sinceMs) &&
      (filter.untilMs === undefined || tsMs < filter.untilMs) &&
      (finds === undefined || finds(entry))
    )
  }
}

export function toPreset(preset: Preset, nowMs: number): LogFilter {
  switch (preset) {
    case 'all':
      return NO_FILTER
    case 'today':
      return { ...NO_FILTER, sinceMs: startOfDay(nowMs) }
    case 'errors':
      return { ...NO_FILTER, severities: ['error'] }
    case 'auth':
      return { ...NO_FILTER, categories: ['auth'] }
    case 'devices':
      return { ...NO_FILTER, categories: ['device'] }
  }
}

/** The preset a filter is, whatever is searched for in it. */
export function findPreset({ q: _q, ...filter }: LogFilter, nowMs: number): Preset | undefined {
  const text = JSON.stringify(toQuery(filter))
  return PRESETS.find((preset) => JSON.stringify(toQuery(toPreset(preset, nowMs))) === text)
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] }

function withoutUndefined(filter: Optional<LogFilter> | Record<string, unknown>): LogFilter {
  const defined = Object.entries(filter).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as unknown as LogFilter
}
