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
  /** Searched in message, action, entity name and actor; case is ignored. */
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

/** Read of one entry by its id. */
export interface FindRequest {
  readonly file: string
  readonly id: string
}

/** A stretch of the log: entries after `afterSeq` up to and including `throughSeq`. */
export interface SeqRange {
  readonly afterSeq: number
  readonly throughSeq: number
}

/** Read of a few entries of a stretch, oldest first, by a job that goes through all of it. */
export interface StretchRequest extends SeqRange {
  readonly file: string
  readonly filters: ActivityFilters
}

export interface HourCount {
  /** Full hours since 1970, UTC. */
  readonly hour: number
  readonly category: Category
  readonly count: number
}

export interface HourCountsResult {
  readonly counts: readonly HourCount[]
  /** Where the next read goes on. */
  readonly scannedSeq: number
}

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportPageRequest extends StretchRequest {
  readonly format: ExportFormat
}

export interface ExportPage {
  /** UTF-8 text of the entries; what stands before, between and after pages is the exporter's. */
  readonly bytes: Uint8Array
  /** How many entries that is. */
  readonly count: number
  readonly scannedSeq: number
}

/** What retention would let go: all before the first entry that stays. */
export interface PruneRule {
  /** Entries older than this go; null: no age rule. */
  readonly beforeMs: number | null
  /** The newest this many stay. */
  readonly maxEntries: number
}

export interface EntryPlace {
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly ts: number
}

/** Entries that went, or would go. */
export interface PrunedRange {
  readonly count: number
  readonly first: EntryPlace | null
  readonly last: EntryPlace | null
}

export const NOTHING_PRUNED: PrunedRange = { count: 0, first: null, last: null }

export interface PrunableRequest {
  readonly file: string
  readonly rule: PruneRule
  /** Known to go so far; null at first. */
  readonly last: EntryPlace | null
}

export interface PrunableResult {
  readonly first: EntryPlace | null
  /** The newest that goes, among those looked at so far. */
  readonly last: EntryPlace | null
  /** False when more may go. */
  readonly isDone: boolean
}

/** A place in the chain of hashes. */
export interface ChainLink {
  readonly seq: number
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array
}

/**
 * Where a log is not as it was written: an entry (or the anchor before it) was changed, one is
 * missing, or there is one that nobody recorded.
 */
export interface ChainFault {
  readonly seq: number
  readonly problem: 'altered' | 'missing' | 'unexpected'
}

export interface VerifyPageRequest {
  readonly file: string
  /** The last link that was checked; null at the beginning. */
  readonly from: ChainLink | null
  /** No further than this; null: to the end. */
  readonly throughSeq: number | null
  readonly limit: number
}

export interface VerifyPage {
  readonly checked: number
  /** Up to here the chain holds. */
  readonly head: ChainLink
  readonly fault: ChainFault | null
  /** Everything up to here was pruned or cleared at the moment of reading. */
  readonly anchorSeq: number
  readonly newestSeq: number
  /** True when nothing follows up to `throughSeq`. */
  readonly isEnd: boolean
}
