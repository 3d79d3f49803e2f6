import { type Kysely, sql } from 'kysely'
import {
  type ActivityFilters,
  type EntryPlace,
  NOTHING_PRUNED,
  type PrunedRange,
  type PruneRule,
} from '../protocol/log-read.ts'
import type { ActivityDatabase, ActivityRow } from '../storage/row-types.ts'
import { applyFilters } from './filter-query.ts'
import { RowInserter } from './insert-rows.ts'
import { type LogState, readLogState } from './log-state.ts'

export interface ActivityPage {
  /** Newest first. */
  readonly rows: readonly ActivityRow[]
  /** Cursor of the next, older page; null when this is the last. */
  readonly nextBeforeSeq: number | null
}

/** Entries after a cursor, oldest first, with what a watcher needs to notice a gap. */
export interface CatchUpPage {
  readonly rows: readonly ActivityRow[]
  /** Everything up to here was pruned or cleared at the moment of reading. */
  readonly anchorSeq: number
  /** The cursor after this page: nothing that matches lies between the last row and it. */
  readonly scannedSeq: number
}

/** Where a database is found: an open one, or whatever file the log is in now. */
export interface DatabaseSource {
  readonly db: Kysely<ActivityDatabase>
}

/** Beyond this, `count` stops counting: nobody pages that far, and counting costs a scan. */
export const COUNT_CAP = 20_000
const ITERATE_PAGE_ROWS = 1_000

/**
 * All statements on the log. The main thread's instance writes; others read on connections of
 * their own. Speaks Kysely only, so that it can move to another database.
 */
export class ActivityLogRepository {
  readonly #source: DatabaseSource
  readonly #inserter = new RowInserter()
  #movedAnchorSeq = 0

  /** The source is asked each time: a damaged file is replaced while the server runs. */
  constructor(source: DatabaseSource) {
    this.#source = source
  }

  get #db(): Kysely<ActivityDatabase> {
    return this.#source.db
  }

  /** How far this instance has moved the anchor, or is about to: anything beyond was somebody else. */
  get movedAnchorSeq(): number {
    return this.#movedAnchorSeq
  }

  /** The log goes on in another file, where nothing was pruned yet. */
  forgetAnchor(): void {
    this.#movedAnchorSeq = 0
  }

  /**
   * Stores a group of rows, all or none, and resolves after the commit. One statement, so at most
   * 2,700 rows: SQLite takes 32,766 parameters.
   */
  async record(rows: readonly ActivityRow[]): Promise<void> {
    if (rows.length === 0) return
    await this.#inserter.insert(this.#db, rows)
  }

  async readState(): Promise<LogState> {
    return await this.#db.transaction().execute((trx) => readLogState(trx))
  }

  /** One page, newest first, of what matches and lies before `beforeSeq`. */
  async query(filters: ActivityFilters, limit: number, beforeSeq?: number): Promise<ActivityPage> {
    let query = applyFilters(this.#db.selectFrom('activity_log').selectAll(), filters)
    if (beforeSeq !== undefined) query = query.where('seq', '<', beforeSeq)
    const rows = await query
      .orderBy('seq', 'desc')
      .limit(limit + 1)
      .execute()
    const page = rows.slice(0, limit)
    return { rows: page, nextBeforeSeq: rows.length > limit ? (page.at(-1)?.seq ?? null) : null }
  }

  async findBySeq(seq: number): Promise<ActivityRow | undefined> {
    return await this.#db.selectFrom('activity_log').selectAll().where('seq', '=', seq).executeTakeFirst()
  }

  /** How many match, exact up to `COUNT_CAP`; one more than that means "more". */
  async count(filters: ActivityFilters): Promise<number> {
    const matching = applyFilters(this.#db.selectFrom('activity_log').select('seq'), filters)
    const { counted } = await this.#db
      .selectFrom(matching.limit(COUNT_CAP + 1).as('matching'))
      .select((builder) => builder.fn.countAll<number>().as('counted'))
      .executeTakeFirstOrThrow()
    return Number(counted)
  }

  /** The next page for a watcher that has everything up to `afterSeq`. */
  async readAfter(afterSeq: number, filters: ActivityFilters, limit: number): Promise<CatchUpPage> {
    return await this.#db.transaction().execute(async (trx) => {
      const { anchor_seq } = await trx.selectFrom('log_meta').select('anchor_seq').executeTakeFirstOrThrow()
      const newest = await trx
        .selectFrom('activity_log')
        .select((builder) => builder.fn.max<number | null>('seq').as('seq'))
        .executeTakeFirst()
      const rows = await applyFilters(trx.selectFrom('activity_log').selectAll(), filters)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(limit)
        .execute()
      const isFull = rows.length === limit
      const scannedSeq = isFull ? rows.at(-1)?.seq : newest?.seq
      return { rows, anchorSeq: anchor_seq, scannedSeq: Math.max(scannedSeq ?? 0, anchor_seq, afterSeq) }
    })
  }

  /** All that matches up to `throughSeq`, oldest first, read in pages: memory stays bounded. */
  async *iterate(filters: ActivityFilters, throughSeq: number): AsyncGenerator<ActivityRow> {
    let afterSeq = 0
    for (;;) {
      const rows = await applyFilters(this.#db.selectFrom('activity_log').selectAll(), filters)
        .where('seq', '>', afterSeq)
        .where('seq', '<=', throughSeq)
        .orderBy('seq')
        .limit(ITERATE_PAGE_ROWS)
        .execute()
      yield* rows
      const last = rows.at(-1)
      if (last === undefined || rows.length < ITERATE_PAGE_ROWS) return
      afterSeq = last.seq
    }
  }

  /**
   * Removes what the rule lets go among the oldest `maxRows` entries, and moves the anchor with
   * them. Only ever a prefix of `seq` goes: the age rule ends at the first entry young enough, so
   * a clock that once ran backwards cannot punch holes into the chain.
   *
   * @returns what went; fewer than `maxRows` means that the rule is met.
   */
  async pruneChunk(rule: PruneRule, maxRows: number): Promise<PrunedRange> {
    return await this.#db.transaction().execute(async (trx) => {
      const newest = await trx
        .selectFrom('activity_log')
        .select('seq')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (newest === undefined) return NOTHING_PRUNED
      const countCut = newest.seq - rule.maxEntries
      const oldest = await trx
        .selectFrom('activity_log')
        .select(['seq', 'ts', 'hash'])
        .orderBy('seq')
        .limit(maxRows)
        .execute()
      const mayGo = (row: { seq: number; ts: number }): boolean =>
        row.seq <= countCut || (rule.beforeMs !== null && row.ts < rule.beforeMs)
      const firstKept = oldest.findIndex((row) => !mayGo(row))
      const doomed = firstKept === -1 ? oldest.length : firstKept
      const [first, last] = [oldest[0], oldest[doomed - 1]]
      if (first === undefined || last === undefined) return NOTHING_PRUNED
      await trx.deleteFrom('activity_log').where('seq', '<=', last.seq).execute()
      await this.#moveAnchor(trx, last)
      return { count: doomed, first: toPlace(first), last: toPlace(last) }
    })
  }

  /** Removes by age and by count until the rule is met. For tests and tools; the server prunes in timed chunks. */
  async prune(beforeMs: number | null, maxEntries: number): Promise<number> {
    const chunkRows = 1_000
    let total = 0
    for (;;) {
      const { count } = await this.pruneChunk({ beforeMs, maxEntries }, chunkRows)
      total += count
      if (count < chunkRows) return total
    }
  }

  /**
   * Gives at most `pages` free pages back; the file shrinks at the next checkpoint.
   *
   * @returns how many went.
   */
  async reclaim(pages: number): Promise<number> {
    // One transaction, hence one fsync: page by page, 32 pages hold up the loop for 8 ms instead of 0.7.
    return await this.#db.transaction().execute(async (trx) => {
      const before = await countFreePages(trx)
      // One page a statement: better-sqlite3 steps a pragma without result columns only once.
      for (let page = 0; page < Math.min(pages, before); page += 1) {
        await sql`pragma incremental_vacuum(1)`.execute(trx)
      }
      return before - (await countFreePages(trx))
    })
  }

  /** Wipes the log; `seq` and the chain go on from where they were. @returns how many entries went. */
  async clear(): Promise<number> {
    return await this.#db.transaction().execute(async (trx) => {
      const newest = await trx
        .selectFrom('activity_log')
        .select(['seq', 'hash'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (newest === undefined) return 0
      const meta = await trx.selectFrom('log_meta').select('anchor_seq').executeTakeFirstOrThrow()
      await trx.deleteFrom('activity_log').execute()
      await this.#moveAnchor(trx, newest)
      return newest.seq - meta.anchor_seq
    })
  }

  async #moveAnchor(trx: Kysely<ActivityDatabase>, to: Pick<ActivityRow, 'seq' | 'hash'>): Promise<void> {
    // Before the commit: who sees the new anchor must find that it was us.
    this.#movedAnchorSeq = to.seq
    await trx.updateTable('log_meta').set({ anchor_seq: to.seq, anchor_hash: to.hash }).execute()
  }
}

function toPlace({ seq, ts }: EntryPlace): EntryPlace {
  return { seq, ts }
}

async function countFreePages(db: Kysely<ActivityDatabase>): Promise<number> {
  const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(db)
  return rows[0]?.freelist_count ?? 0
}
