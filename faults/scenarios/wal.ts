import { closeSync, cpSync, openSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { callOk } from '../../tests/support/api.ts'
import { withInProcess } from '../../tests/support/in-process-server.ts'
import { tempDir } from '../../tests/support/temp-dir.ts'
import { waitFor } from '../../tests/support/wait-for.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, figureOf, readMetrics } from '../support/books.ts'
import { withFloodServer } from '../support/flood-server-process.ts'
import type { Random } from '../support/random.ts'
import { readStored, type StoredEntry } from '../support/stored-log.ts'

/** Few enough that all of it still lies in the write-ahead log. */
const ENTRIES = 2_000
const FILES = ['activity.db', 'activity.db-wal']

export const wal: Scenario = {
  name: 'wal',
  about:
    'the write-ahead log of a killed server is torn, or has bits flipped, at random places; the next one starts, what it reads is a prefix of what was written, and verify knows what is missing',
  cycles: { usual: 100, short: 10 },
  run: runDamages,
}

/** A data directory as kill -9 leaves it. */
async function killedDataDir(): Promise<string> {
  const dataDir = tempDir()
  await withFloodServer(dataDir, async (server) => {
    await server.flood({ workers: 4, burst: 10, everyMs: 2, count: ENTRIES / 4 })
    const isThere = async (): Promise<boolean> =>
      figureOf(await readMetrics(server.url), 'activity_stored_total') >= ENTRIES
    await waitFor(isThere, 'the entries', 30_000)
    await server.end('SIGKILL')
  })
  return dataDir
}

function copyFiles(from: string): string {
  const to = tempDir()
  for (const file of FILES) cpSync(join(from, file), join(to, file))
  return to
}

/** The same after a checkpoint that the writer has not followed yet: everything is there twice. */
function movedFiles(from: string): string {
  const open = copyFiles(from)
  const raw = new Database(join(open, 'activity.db'))
  try {
    raw.pragma('wal_autocheckpoint = 0')
    raw.pragma('wal_checkpoint(PASSIVE)')
    // Before the last connection closes, which removes the write-ahead log.
    return copyFiles(open)
  } finally {
    raw.close()
  }
}

/** @returns what was done, to be told if it was not survived. */
function damage(file: string, random: Random): string {
  const bytes = statSync(file).size
  const offset = random.int(0, bytes - 1)
  if (random.pick(['tear', 'flip']) === 'tear') {
    truncateSync(file, offset)
    return `torn at byte ${offset} of ${bytes}`
  }
  const bit = random.int(0, 7)
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, offset)
  byte[0] = (byte[0] ?? 0) ^ (1 << bit)
  writeSync(handle, byte, 0, 1, offset)
  closeSync(handle)
  return `bit ${bit} of byte ${offset} of ${bytes} flipped`
}

/** How many entries from the first on are as they were written. */
function prefixLength(written: readonly StoredEntry[], found: readonly StoredEntry[]): number {
  const other = found.findIndex(({ hash }, index) => written[index]?.hash.equals(hash) !== true)
  return other === -1 ? found.length : other
}

async function runDamages({ cycles, random, tally, onProgress }: ScenarioContext): Promise<void> {
  const killed = await killedDataDir()
  const intact = copyFiles(killed)
  const written = readStored(intact)
  const head = written.at(-1)
  if (head === undefined) throw new Error('nothing was written')
  const against = { seq: head.seq, hash: head.hash.toString('hex') }
  const moved = movedFiles(killed)
  let whole = 0
  let shortest = written.length
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const isMoved = cycle % 2 === 0
    const dataDir = copyFiles(isMoved ? moved : killed)
    // The first is left alone: what is whole must be found whole.
    const done = cycle === 1 ? 'left alone' : damage(join(dataDir, 'activity.db-wal'), random)
    const what = `${done}${isMoved ? ' after a checkpoint' : ''}`
    await tally.attempt(what, async () => {
      await withInProcess(
        async ({ url }) => {
          const found = readStored(dataDir)
          const kept = prefixLength(written, found)
          const strays = found.slice(kept).filter(({ action }) => action === 'device_discovered').length
          const { ok } = await callOk(url, 'POST', '/api/v1/activity-log/verify', {})
          tally.check(strays === 0, `${what}: ${strays} entries behind a hole`)
          tally.check(ok === true, `${what}: the chain of what is left does not verify`)
          await checkAgainst(url, kept === written.length)
          assertBalance(booksOf(await readMetrics(url)), tally)
          shortest = Math.min(shortest, kept)
          if (kept === written.length) whole += 1
        },
        { dataDir },
      )
    })
    rmSync(dataDir, { recursive: true, force: true })
    onProgress(cycle)
  }

  /** With the head that somebody noted before, verify must say whether it is still there. */
  async function checkAgainst(url: string, isWhole: boolean): Promise<void> {
    const { ok } = await callOk(url, 'POST', '/api/v1/activity-log/verify', { against })
    tally.check(
      ok === isWhole,
      `verify against the head of old says ${ok} of a log that is ${isWhole ? '' : 'not '}whole`,
    )
  }

  tally.note(`${written.length} entries written; all were left ${whole} times, at least ${shortest}`)
}
