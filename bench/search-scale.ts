/**
 * `node --import tsx bench/search-scale.ts`: what the log's `q` costs as the log grows, and what an index of
 * trigrams would cost instead. The figures of docs/adr/0006; about a minute and 400 MB of disk.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { activityMigrations } from '../src/storage/activity-migrations.ts'
import { migrate } from '../src/storage/migrate.ts'
import { openActivityDatabase } from '../src/storage/open.ts'
import type { ActivityRow } from '../src/storage/row-types.ts'
import { TaskPool } from '../src/threads/task-pool.ts'
import { median, round3 } from './result.ts'

const SIZES: readonly number[] = [20_000, 200_000, 1_000_000]
const ROUNDS = 5
const BATCH_ROWS = 128
const TRIGRAM_ROWS = 100_000
const NAMES = ['TV', 'Desk', 'Bar left', 'Bar right', 'Stage', 'Window', 'Küche', 'Shelf']
/** What is searched for, and which rows have it. */
const SEARCHES = [
  ['a hit in every 8th entry', 'bar LEFT'],
  ['one hit, in the oldest entry', 'needle'],
  ['no hit', 'nowhere to be found'],
  ['no hit, beyond ASCII', 'ärgerlich'],
] as const

const folder = mkdtempSync(join(tmpdir(), 'ledgrab-bench-'))
try {
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`)
  console.log('a page of 50 with its total, in ms')
  console.table(await measureScans(join(folder, 'scan.db')))
  console.log(`an index of trigrams (FTS5) over the same four columns, ${TRIGRAM_ROWS} entries`)
  console.table(await measureTrigrams())
} finally {
  rmSync(folder, { recursive: true })
}

/** The page as the API reads it: by a task, on a connection that only reads. */
async function measureScans(file: string): Promise<Record<string, Record<string, number>>> {
  const log = await openLog(file)
  const pool = new TaskPool()
  await pool.start()
  const table: Record<string, Record<string, number>> = {}
  try {
    let rows = 0
    for (const size of SIZES) {
      log.transaction(() => insertRows(log, createRows(rows + 1, size)))()
      rows = size
      for (const [what, q] of SEARCHES) {
        const timesMs: number[] = []
        // The first one reads the file into memory.
        for (let round = 0; round <= ROUNDS; round += 1) {
          const startedMs = performance.now()
          await pool.queryPage({ file, filters: { q }, limit: 50, beforeSeq: null })
          timesMs.push(performance.now() - startedMs)
        }
        table[what] = { ...table[what], [size]: round3(median(timesMs.slice(1))) }
      }
    }
    return table
  } finally {
    await pool.stop()
    log.close()
  }
}

/** The two ways take turns. */
async function measureTrigrams(): Promise<Record<string, Record<string, number>>> {
  const rates: Record<string, number[]> = { without: [], 'with it': [] }
  const sizes: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, found] of Object.entries(rates)) {
      const file = join(folder, `${way}-${round}.db`)
      found.push(await insertGroups(file, way === 'with it'))
      sizes[way] = round3(statSync(file).size / 1e6)
      rmSync(file)
    }
  }
  return Object.fromEntries(
    Object.entries(rates).map(([way, found]) => [
      way,
      { 'rows/s': round3(median(found)), MB: sizes[way] ?? Number.NaN },
    ]),
  )
}

/** Inserts as the recorder groups them, each group one durable transaction. @returns rows a second */
async function insertGroups(file: string, hasIndex: boolean): Promise<number> {
  const log = await openLog(file, 'FULL')
  // What makes an index of trigrams smallest, and quickest to write.
  if (hasIndex) {
    log.exec(`create virtual table search using fts5(message, action, entity_name, actor,
      content = 'activity_log', content_rowid = 'seq', tokenize = 'trigram', detail = 'none')`)
  }
  const rows = createRows(1, TRIGRAM_ROWS)
  const startedMs = performance.now()
  for (let at = 0; at < rows.length; at += BATCH_ROWS) {
    const batch = rows.slice(at, at + BATCH_ROWS)
    log.transaction(() => {
      insertRows(log, batch)
      if (hasIndex) indexRows(log, batch)
    })()
  }
  const seconds = (performance.now() - startedMs) / 1_000
  log.pragma('wal_checkpoint(TRUNCATE)')
  log.close()
  return TRIGRAM_ROWS / seconds
}

function insertRows(log: Database.Database, rows: readonly ActivityRow[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const places = columns.map((column) => `@${column}`).join(', ')
  const insert = log.prepare(`insert into activity_log (${columns.join(', ')}) values (${places})`)
  for (const row of rows) insert.run(row)
}

function indexRows(log: Database.Database, rows: readonly ActivityRow[]): void {
  const insert = log.prepare(
    'insert into search (rowid, message, action, entity_name, actor) values (?, ?, ?, ?, ?)',
  )
  for (const row of rows) insert.run(row.seq, row.message, row.action, row.entity_name, row.actor)
}

async function openLog(file: string, synchronous: 'OFF' | 'FULL' = 'OFF'): Promise<Database.Database> {
  const { db, raw } = openActivityDatabase(file)
  await migrate(db, file, activityMigrations)
  raw.pragma(`synchronous = ${synchronous}`)
  return raw
}

/** Entries as a bar has them, from `first` to `last`; only the very first one has the needle. */
function createRows(first: number, last: number): ActivityRow[] {
  return Array.from({ length: last - first + 1 }, (_, index): ActivityRow => {
    const seq = first + index
    const name = NAMES[seq % NAMES.length] ?? ''
    const brightness = (seq % 100) / 100
    return {
      seq,
      ts: 1_700_000_000_000 + seq * 1_000,
      category: 'entity',
      action: 'entity_updated',
      severity: 'info',
      actor: seq % 3 === 0 ? 'carol' : 'system',
      message: `The target "${name}" was changed: brightness from 1 to ${brightness}${seq === 1 ? ' needle' : ''}.`,
      entity_type: 'target',
      entity_id: `tgt_${(seq % 50).toString(16).padStart(12, '0')}`,
      entity_name: name,
      metadata: JSON.stringify({ changes: { processing: { from: { brightness: 1 }, to: { brightness } } } }),
      hash: Buffer.alloc(32, seq % 256),
    }
  })
}
