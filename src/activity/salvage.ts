import type Database from 'better-sqlite3'
import type { ActivityRow } from '../storage/row-types.ts'
import { isDamage, sqliteCode } from '../storage/sqlite-error.ts'
import { chainHash, isSameHash } from './chain.ts'
import { toEntryJson } from './entry.ts'

/** `seq` is 53 bits; no log is longer than this. */
const MAX_STEP = 2 ** 40
/** Beyond this many in one hole, they are not asked for one by one. */
const MAX_PROBED = 1_000_000

/** What was read of a damaged log so far. */
export interface SalvageReport {
  readonly read: number
  /** Read, and not as they were written: their hash does not follow from the entry before. */
  readonly altered: number
  /** Places that could not be read; `to` is null where nothing after them could. Both inclusive. */
  readonly holes: readonly { readonly from: number; readonly to: number | null }[]
}

/** Reads what can be read of a damaged `activity.db`: pages that are gone cost their entries, no more. */
export class Salvage {
  readonly #salt: number
  readonly #after: Database.Statement
  readonly #one: Database.Statement
  readonly #holes: { from: number; to: number | null }[] = []
  #previous: Pick<ActivityRow, 'seq' | 'hash'> | undefined
  #read = 0
  /** The last reading came to the end of the table, not to a damaged page. */
  #isAtEnd = false
  #altered = 0

  /** `salt`: of the log, for the hashes; 0 when it could not be read. */
  constructor(raw: Database.Database, salt: number) {
    this.#salt = salt
    this.#after = raw.prepare('select * from activity_log where seq > ? order by seq')
    this.#one = raw.prepare('select * from activity_log where seq = ?')
  }

  get report(): SalvageReport {
    return { read: this.#read, altered: this.#altered, holes: this.#holes }
  }

  /** The rows that can be read, oldest first. May be called once. */
  *rows(): Generator<ActivityRow> {
    let cursor = 0
    for (;;) {
      for (const row of this.#readOn(cursor)) {
        if (!Number.isSafeInteger(row.seq) || row.seq <= cursor) break
        cursor = row.seq
        yield this.#note(row)
      }
      if (this.#isAtEnd) return
      const next = this.#findNext(cursor)
      yield* this.#probe(cursor + 1, next)
      if (next === null) return
      cursor = next - 1
    }
  }

  *#readOn(afterSeq: number): Generator<ActivityRow> {
    this.#isAtEnd = false
    try {
      yield* this.#after.iterate(afterSeq) as IterableIterator<ActivityRow>
      this.#isAtEnd = true
    } catch (cause) {
      assertDamage(cause)
    }
  }

  /** The first entry beyond a damaged page that reading can go on from; null when there is none. */
  #findNext(afterSeq: number): number | null {
    for (let step = 1; step <= MAX_STEP; step *= 2) {
      try {
        const row = this.#after.get(afterSeq + step) as ActivityRow | undefined
        // An answer of "nothing more" may come from a page that only looks like the last one.
        if (row) return row.seq
        return null
      } catch (cause) {
        assertDamage(cause)
      }
    }
    return null
  }

  /** Entries within a hole that can be read after all. */
  *#probe(from: number, next: number | null): Generator<ActivityRow> {
    let missingFrom: number | undefined
    const end = next === null ? from : Math.min(next, from + MAX_PROBED)
    for (let seq = from; seq < end; seq += 1) {
      const row = this.#tryOne(seq)
      if (row === undefined) {
        missingFrom ??= seq
        continue
      }
      if (missingFrom !== undefined) this.#holes.push({ from: missingFrom, to: seq - 1 })
      missingFrom = undefined
      yield this.#note(row)
    }
    if (next === null) this.#holes.push({ from, to: null })
    else if (missingFrom !== undefined) this.#holes.push({ from: missingFrom, to: next - 1 })
  }

  #tryOne(seq: number): ActivityRow | undefined {
    try {
      return this.#one.get(seq) as ActivityRow | undefined
    } catch (cause) {
      assertDamage(cause)
      return undefined
    }
  }

  #note(row: ActivityRow): ActivityRow {
    this.#read += 1
    const previous = this.#previous
    this.#previous = row
    if (previous?.seq === row.seq - 1 && !this.#follows(row, previous.hash)) this.#altered += 1
    return row
  }

  #follows(row: ActivityRow, previous: Uint8Array): boolean {
    try {
      return isSameHash(chainHash(previous, row.seq, toEntryJson(row, this.#salt)), row.hash)
    } catch {
      // Columns of other types than were ever written.
      return false
    }
  }
}

/** Anything else is no matter of the file: out of memory, a closed connection. */
function assertDamage(cause: unknown): void {
  if (!isDamage(cause) && !sqliteCode(cause)?.startsWith('SQLITE_IOERR')) throw cause
}
