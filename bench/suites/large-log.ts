import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { chainHash } from '../../src/activity/chain.ts'
import { toEntryJson } from '../../src/activity/entry.ts'
import { verifyLog } from '../../src/activity/verification.ts'
import type { ActivityFilters } from '../../src/protocol/log-read.ts'
import { TaskPool } from '../../src/threads/task-pool.ts'
import { openBare, prepareInsert } from '../peers/bare-insert.ts'
import {
  type BenchRow,
  type Curve,
  percentile,
  round3,
  type SuiteOptions,
  type SuiteResult,
} from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { rowOf } from '../support/sample.ts'
import { serveLog } from '../support/served-log.ts'

const SIZES = [20_000, 100_000, 1_000_000, 10_000_000] as const
const SHORT_SIZES = [20_000, 100_000] as const
const INSERTED_AT_ONCE = 20_000
const NEWLINE = 0x0a
/** What people ask, and what it must cost at most on the largest log, ms. */
const QUERIES: readonly (readonly [id: string, what: string, filters: ActivityFilters, targetMs?: number])[] =
  [
    ['page', 'the newest page', {}, 5],
    ['entity', 'a page of one device', { entityId: 'tgt_000000000007' }, 5],
    ['errors', 'a page of errors', { severities: ['error'] }, 5],
    ['actor', "a page of one person's", { actor: 'carol' }, 5],
    ['auth', 'a page of logins', { categories: ['auth'] }, 5],
    ['search-often', 'a page of a search that often hits', { q: 'bar left' }],
    ['search-none', 'a search that never hits', { q: 'nowhere to be found' }],
    ['rare-action', 'a filter without an index that never hits', { actions: ['clock_jumped'] }],
  ]

/** What reading costs as the log grows up to ten million entries, through the same tasks as the server's. */
export async function measureLargeLog({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const sizes = isShort ? SHORT_SIZES : SIZES
  return await withFolder(async (folder) => {
    const file = join(folder, 'activity.db')
    const rows: BenchRow[] = []
    const curves = new Map<string, [number, number][]>(QUERIES.map(([, what]) => [what, []]))
    const raw = await openBare(file)
    raw.pragma('synchronous = OFF')
    const pool = new TaskPool()
    await pool.start()
    let written = 0
    try {
      for (const size of sizes) {
        fill(raw, written + 1, size, (seq) => say(`writing entries: ${seq} of ${sizes.at(-1)}`))
        written = size
        for (const [id, what, filters, targetMs] of QUERIES) {
          say(`${what} in ${size} entries`)
          const timesMs = await timeQuery(pool, file, filters)
          curves.get(what)?.push([size, round3(percentile(timesMs, 0.5))])
          if (size === sizes.at(-1)) rows.push(toQueryRow(id, what, size, timesMs, targetMs))
        }
      }
      rows.push(await measureVerify(pool, file, written, say))
    } finally {
      await pool.stop()
      raw.close()
    }
    rows.push(...(await measureServed(folder, written, say)))
    return { rows, curves: [toCurve(curves)] }
  })
}

/** A chained log: `verify` has real work to do. */
function fill(raw: Database.Database, from: number, to: number, say: (seq: number) => void): void {
  const insert = prepareInsert(raw)
  const salt = raw.prepare('select salt from log_meta').pluck().get() as number
  const newest = raw.prepare('select hash from activity_log order by seq desc limit 1').pluck().get()
  let hash = (newest ?? raw.prepare('select anchor_hash from log_meta').pluck().get()) as Buffer
  const insertMany = raw.transaction((first: number, last: number) => {
    for (let seq = first; seq <= last; seq += 1) {
      const row = rowOf(seq)
      hash = chainHash(hash, seq, toEntryJson(row, salt))
      insert.run({ ...row, hash })
    }
  })
  for (let at = from; at <= to; at += INSERTED_AT_ONCE) {
    insertMany(at, Math.min(to, at + INSERTED_AT_ONCE - 1))
    if ((at - 1) % 200_000 === 0) say(at - 1)
  }
  raw.pragma('wal_checkpoint(TRUNCATE)')
}

async function timeQuery(pool: TaskPool, file: string, filters: ActivityFilters): Promise<readonly number[]> {
  const timesMs: number[] = []
  const startedMs = performance.now()
  // As many as fit three seconds: some take milliseconds, some take seconds.
  while (timesMs.length < 300 && (timesMs.length < 5 || performance.now() - startedMs < 3_000)) {
    const askedMs = performance.now()
    await pool.queryPage({ file, filters, limit: 50, beforeSeq: null })
    timesMs.push(performance.now() - askedMs)
  }
  // The first one opens the file.
  return timesMs.slice(1)
}

function toQueryRow(
  id: string,
  what: string,
  size: number,
  timesMs: readonly number[],
  targetMs: number | undefined,
): BenchRow {
  return {
    id: `query-${id}`,
    what: `${what} with its total, of ${size} entries, 99 of 100`,
    value: round3(percentile(timesMs, 0.99)),
    unit: 'ms',
    ...(targetMs !== undefined && { target: { is: '<=', value: targetMs } }),
    note: `half within ${round3(percentile(timesMs, 0.5))} ms`,
  }
}

/** A server on that log, in a process of its own: its pages, an export over HTTP, and its memory. */
async function measureServed(
  folder: string,
  size: number,
  say: (what: string) => void,
): Promise<readonly BenchRow[]> {
  const server = await serveLog(folder)
  try {
    for (let n = 0; n < 50; n += 1) await (await fetch(new URL('/api/v1/activity-log', server.url))).text()
    say(`exporting ${size} entries over HTTP`)
    let bytes = 0
    let lines = 0
    let mostBytes = 0
    let askedMs = 0
    const startedMs = performance.now()
    const response = await fetch(new URL('/api/v1/activity-log/export?format=ndjson', server.url))
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      lines += countLines(chunk)
      if (performance.now() - askedMs < 1_000) continue
      askedMs = performance.now()
      mostBytes = Math.max(mostBytes, await server.residentBytes())
    }
    const seconds = (performance.now() - startedMs) / 1_000
    if (lines < size) throw new Error(`${lines} of ${size} were exported`)
    return [
      {
        id: 'export',
        what: `export of ${size} entries as NDJSON over HTTP`,
        value: Math.round(size / seconds),
        unit: 'rows/s',
        target: { is: '>=', value: 150_000 },
        note: `${Math.round(bytes / 1e6)} MB in ${round3(seconds)} s`,
      },
      {
        id: 'large-rss',
        what: `memory of a server with ${size} entries, the most during the export`,
        value: Math.round(Math.max(mostBytes, await server.residentBytes()) / 2 ** 20),
        unit: 'MB',
        target: { is: '<=', value: 150 },
      },
    ]
  } finally {
    await server.stop()
  }
}

/** Not byte by byte: the client shares the machine with what is measured. */
function countLines(chunk: Uint8Array): number {
  let lines = 0
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}

async function measureVerify(
  pool: TaskPool,
  file: string,
  size: number,
  say: (what: string) => void,
): Promise<BenchRow> {
  say(`verifying ${size} entries`)
  const startedMs = performance.now()
  const { checked, fault } = await verifyLog({ readPage: (request) => pool.verifyPage({ file, ...request }) })
  const seconds = (performance.now() - startedMs) / 1_000
  if (checked !== size || fault !== null) throw new Error(`checked ${checked}: ${JSON.stringify(fault)}`)
  return {
    id: 'verify',
    what: `verifying ${size} entries`,
    value: Math.round(size / seconds),
    unit: 'rows/s',
  }
}

function toCurve(curves: ReadonlyMap<string, readonly (readonly [number, number])[]>): Curve {
  return {
    id: 'queries-over-size',
    title: 'A page of 50 with its total over the size of the log, half of the queries',
    x: { title: 'entries', isLog: true },
    y: { title: 'ms', isLog: true },
    series: [...curves].map(([name, points]) => ({ name, points })),
  }
}
