import { type Kysely, sql } from 'kysely'
import { CATEGORIES, SEVERITIES } from '../protocol/activity.ts'
import type {
  ActivityFilters,
  EntryPlace,
  HourCountsResult,
  PrunableResult,
  PruneRule,
  SeqRange,
} from '../protocol/log-read.ts'
import type { ActivityDatabase, ActivityRow, LogMetaRow } from '../storage/row-types.ts'
import { type EntryRow, toLine, toReadableJson } from './entry.ts'
import { applyFilters } from './filter-query.ts'

/** Rows looked at in one read: about 30 ms on a filter that matches nothing (measured). */
const MAX_SCANNED_ROWS = 50_000
const HOUR_MS = 3_600_000
/** All but the hash, which would cost as much as four texts (measured). */
const ENTRY_COLUMNS = [
  'seq',
  'ts',
  'category',
  'action',
  'severity',
  'actor',
  'message',
  'entity_type',
  'entity_id',
  'entity_name',
  'metadata',
] as const satisfies readonly (keyof ActivityRow)[]

/**
 * The fields of an entry between its time and its metadata, as a JSON object; null for a row that is not as we
 * write it. SQLite escapes text exactly as `JSON.stringify` does (a test compares them).
 */
const OUR_HEAD = sql<string | null>`case when
  typeof(ts) = 'integer'
  and category in (${sql.join(CATEGORIES.map((category) => sql.lit(category)))})
  and severity in (${sql.join(SEVERITIES.map((severity) => sql.lit(severity)))})
  and typeof(action) = 'text' and typeof(actor) = 'text' and typeof(message) = 'text'
  and typeof(entity_type) in ('text', 'null') and typeof(entity_id) in ('text', 'null')
  and typeof(entity_name) in ('text', 'null')
  and typeof(metadata) = 'text' and substr(metadata, 1, 1) = '{' and instr(metadata, char(10)) = 0
  and json_valid(metadata)
  then json_object('category', category, 'action', action, 'severity', severity, 'actor', actor,
    'message', message, 'entity_type', entity_type, 'entity_id', entity_id, 'entity_name', entity_name)
  end`

/** Rows to check, and what they must hang on; all read in one moment. */
export interface ChainRows {
  readonly meta: LogMetaRow
  /** The lowest `seq` up to the anchor: there should be none. */
  readonly straySeq: number | null
  readonly newestSeq: number
  readonly rows: readonly ActivityRow[]
}

/**
 * Reads for jobs that go through the whole log. Each looks at a bounded stretch of it, so that a job
 * is a loop of short reads: none holds up a checkpoint, a thread or another reader for long.
 */
export class StretchReader {
  readonly #db: Kysely<ActivityDatabase>

  constructor(db: Kysely<ActivityDatabase>) {
    this.#db = db
  }

  /** At most `maxRows` that match, oldest first, and up to where they were looked for. */
  async readRows(
    filters: ActivityFilters,
    range: SeqRange,
    maxRows: number,
  ): Promise<{ readonly rows: readonly EntryRow[]; readonly scannedSeq: number }> {
    const stretch = await this.#bound(range)
    const rows = await applyFilters(this.#db.selectFrom('activity_log').select(ENTRY_COLUMNS), filters)
      .where('seq', '>', stretch.afterSeq)
      .where('seq', '<=', stretch.throughSeq)
      .orderBy('seq')
      .limit(maxRows)
      .execute()
    const lastSeq = rows.at(-1)?.seq ?? 0
    return { rows, scannedSeq: rows.length < maxRows ? stretch.throughSeq : lastSeq }
  }

  /**
   * As `readRows`, each row as the JSON of its entry. SQLite writes most of it itself, which takes half the time;
   * rows that somebody has edited are read and made readable one by one.
   */
  async readLines(
    filters: ActivityFilters,
    range: SeqRange,
    maxRows: number,
    salt: number,
  ): Promise<{ readonly lines: readonly string[]; readonly scannedSeq: number }> {
    const stretch = await this.#bound(range)
    const rows = await applyFilters(
      this.#db.selectFrom('activity_log').select(['seq', 'ts', 'metadata', OUR_HEAD.as('head')]),
      filters,
    )
      .where('seq', '>', stretch.afterSeq)
      .where('seq', '<=', stretch.throughSeq)
      .orderBy('seq')
      .limit(maxRows)
      .execute()
    const lines: string[] = []
    for (const { seq, ts, metadata, head } of rows) {
      lines.push(head === null ? await this.#readLine(seq, salt) : toLine(seq, ts, head, metadata, salt))
    }
    const lastSeq = rows.at(-1)?.seq ?? 0
    return { lines, scannedSeq: rows.length < maxRows ? stretch.throughSeq : lastSeq }
  }

  async countHours(filters: ActivityFilters, range: SeqRange): Promise<HourCountsResult> {
    const stretch = await this.#bound(range)
    const counts = await applyFilters(
      this.#db.selectFrom('activity_log').select((builder) => [
        // A literal: a bound number would be a REAL, and the quotient no whole hour.
        sql<number>`${sql.ref('ts')} / ${sql.lit(HOUR_MS)}`.as('hour'),
        'category',
        builder.fn.countAll<number>().as('count'),
      ]),
      filters,
    )
      .where('seq', '>', stretch.afterSeq)
      .where('seq', '<=', stretch.throughSeq)
      .groupBy(['hour', 'category'])
      .execute()
    return {
      counts: counts.map(({ hour, category, count }) => ({ hour, category, count: Number(count) })),
      scannedSeq: stretch.throughSeq,
    }
  }

  /** What the rule lets go in the stretch after `last`; the dry twin of `pruneChunk`. */
  async findPrunable(rule: PruneRule, last: EntryPlace | null): Promise<PrunableResult> {
    const oldest = await this.#findPlace('asc')
    const newest = await this.#findPlace('desc')
    if (!oldest || !newest) return { first: null, last: null, isDone: true }
    const countCut = newest.seq - rule.maxEntries
    const afterSeq = Math.max(last?.seq ?? 0, oldest.seq - 1, countCut)
    const { throughSeq } = await this.#bound({ afterSeq, throughSeq: newest.seq })
    const kept = await this.#findKept(rule, { afterSeq, throughSeq })
    const lastSeq = kept === undefined ? throughSeq : kept - 1
    if (lastSeq < oldest.seq) return { first: null, last: null, isDone: true }
    return {
      first: oldest,
      last: await this.#readPlace(lastSeq),
      isDone: kept !== undefined || throughSeq >= newest.seq,
    }
  }

  /**
   * The next rows of the chain after `afterSeq`, or after the anchor where that has moved further;
   * undefined when even the row with the anchor is gone.
   */
  async readChain(
    afterSeq: number | null,
    throughSeq: number | null,
    maxRows: number,
  ): Promise<ChainRows | undefined> {
    return await this.#db.transaction().execute(async (trx) => {
      const meta = await trx.selectFrom('log_meta').selectAll().executeTakeFirst()
      if (meta === undefined) return undefined
      const { stray, newest } = await trx
        .selectFrom('activity_log')
        .select((builder) => [
          builder
            .selectFrom('activity_log')
            .select('seq')
            .where('seq', '<=', meta.anchor_seq)
            .orderBy('seq')
            .limit(1)
            .as('stray'),
          builder.fn.max<number | null>('seq').as('newest'),
        ])
        .executeTakeFirstOrThrow()
      let rows = trx
        .selectFrom('activity_log')
        .selectAll()
        .where('seq', '>', Math.max(afterSeq ?? meta.anchor_seq, meta.anchor_seq))
      if (throughSeq !== null) rows = rows.where('seq', '<=', throughSeq)
      return {
        meta,
        straySeq: stray,
        newestSeq: Math.max(newest ?? meta.anchor_seq, meta.anchor_seq),
        rows: await rows.orderBy('seq').limit(maxRows).execute(),
      }
    })
  }

  async #readLine(seq: number, salt: number): Promise<string> {
    const row = await this.#db
      .selectFrom('activity_log')
      .select(ENTRY_COLUMNS)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow()
    return toReadableJson(row, salt)
  }

  /** Skips what was pruned, and ends where one read should. */
  async #bound({ afterSeq, throughSeq }: SeqRange): Promise<SeqRange> {
    const oldest = await this.#findPlace('asc')
    const from = Math.max(afterSeq, (oldest?.seq ?? throughSeq + 1) - 1)
    return { afterSeq: from, throughSeq: Math.min(throughSeq, from + MAX_SCANNED_ROWS) }
  }

  /** The first entry after the count cut that is young enough to stay. */
  async #findKept(rule: PruneRule, { afterSeq, throughSeq }: SeqRange): Promise<number | undefined> {
    let query = this.#db
      .selectFrom('activity_log')
      .select('seq')
      .where('seq', '>', afterSeq)
      .where('seq', '<=', throughSeq)
    if (rule.beforeMs !== null) query = query.where('ts', '>=', rule.beforeMs)
    return (await query.orderBy('seq').limit(1).executeTakeFirst())?.seq
  }

  async #findPlace(order: 'asc' | 'desc'): Promise<EntryPlace | undefined> {
    return await this.#db
      .selectFrom('activity_log')
      .select(['seq', 'ts'])
      .orderBy('seq', order)
      .limit(1)
      .executeTakeFirst()
  }

  async #readPlace(seq: number): Promise<EntryPlace | null> {
    const row = await this.#db
      .selectFrom('activity_log')
      .select(['seq', 'ts'])
      .where('seq', '=', seq)
      .executeTakeFirst()
    return row ?? null
  }
}
