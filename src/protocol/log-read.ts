import type { ActivityEntry, Category, Severity } from './activity.ts'

/** Which entries; every given field must match, of a list any one. */
export interface ActivityFilters {
  readonly categories?: readonly Category[]
  readonly severities?: readonly Severity[]
  readonly actions?: readonly string[]
  readonly actor?: string
  readonly entityType?: string
  readonly entityId?: string
  /** Inclusive, ms since 1970. */
  readonly sinceMs?: number
  /** Exclusive, ms since 1970. */
  readonly untilMs?: number
  /** Searched in message, action, entity name and actor; ASCII case is ignored. */
  readonly q?: string
}

/** Read of one page, newest first. `file` is the path of `activity.db`. */
export interface PageRequest {
  readonly file: string
  readonly filters: ActivityFilters
  readonly limit: number
  readonly beforeSeq: number | null
}

export interface PageResult {
  readonly entries: readonly ActivityEntry[]
  readonly nextBeforeSeq: number | null
  /** At most one more than the count cap. */
  readonly total: number
  readonly headSeq: number
}

/** Read of what a watcher is missing, oldest first. */
export interface CatchUpRequest {
  readonly file: string
  readonly filters: ActivityFilters
  readonly afterSeq: number
  readonly limit: number
}

export interface CatchUpResult {
  /** Oldest first; `json` is the entry's text. */
  readonly entries: readonly { readonly seq: number; readonly json: string }[]
  readonly anchorSeq: number
  readonly scannedSeq: number
}
