import { toErrorMessage } from '../../src/errors.ts'
import { call, callOk, waitForEntries } from '../../tests/support/api.ts'
import { type ServerProcess, startBuiltServer, withServer } from '../../tests/support/server-process.ts'
import { waitFor } from '../../tests/support/wait-for.ts'
import { watch } from '../../tests/support/watcher.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { assertBalance, booksOf, readMetrics } from '../support/books.ts'
import { withFloodServer } from '../support/flood-server-process.ts'
import { mountFileDisk, mountMemoryDisk, noDiskReason, type SmallDisk } from '../support/small-disk.ts'
import { checkChain, checkStored, readStored } from '../support/stored-log.ts'
import type { Tally } from '../tally.ts'

const DISK_MB = 64
const WORKERS = 4
/** Twice what a worker may have under way. */
const RECORDS_EACH = 8_192
/** What four workers may have under way. */
const ALL_WINDOWS = 16_384
/** Beyond the longest pause between two attempts to write. */
const RECOVERY_MS = 45_000
const CHECKS = 3

export const disk: Scenario = {
  name: 'disk',
  about:
    'the disk is full for a while, or gives up for good; lights and API go on, /health says why, and afterwards every record is stored or told as lost',
  cycles: { usual: 3, short: 1 },
  obstacle: noDiskReason,
  run: async ({ cycles, tally, onProgress }: ScenarioContext) => {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      await tally.attempt(`full under a server, ${cycle}`, () =>
        on(mountMemoryDisk(DISK_MB), fullServer, tally),
      )
      await tally.attempt(`full under a flood, ${cycle}`, () =>
        on(mountMemoryDisk(DISK_MB), fullFlood, tally),
      )
      await tryBroken(cycle, tally)
      onProgress(cycle)
    }
  },
}

/** Where no disk can be made in a file, that is said and is no failure. */
async function tryBroken(cycle: number, tally: Tally): Promise<void> {
  let disk: SmallDisk
  try {
    disk = mountFileDisk(DISK_MB)
  } catch (cause) {
    tally.note(`a disk that gives up: not tried, ${toErrorMessage(cause)}`)
    return
  }
  await tally.attempt(`given up, ${cycle}`, () => on(disk, brokenServer, tally))
}

async function on(
  disk: SmallDisk,
  work: (disk: SmallDisk, tally: Tally) => Promise<void>,
  tally: Tally,
): Promise<void> {
  try {
    await work(disk, tally)
  } finally {
    disk.remove()
  }
}

async function serve(folder: string, work: (server: ServerProcess) => Promise<void>): Promise<void> {
  const args = ['--demo', '--data-dir', folder]
  const whenLit = async (server: ServerProcess): Promise<void> => {
    await waitForEntries(server.url, 'target_started', 2)
    await work(server)
  }
  await withServer(args, whenLit, startBuiltServer)
}

/** Each of these leaves an entry, and needs nothing else on the disk. */
async function leaveEntries(url: string): Promise<void> {
  for (let n = 0; n < CHECKS; n += 1) await callOk(url, 'POST', '/api/v1/activity-log/verify', {})
}

/** Degraded, with that reason, while the API answers and both lights get frames. */
async function checkDegraded(url: string, reason: RegExp, tally: Tally): Promise<void> {
  const health = await waitFor(async () => {
    const { body } = await call(url, 'GET', '/health')
    return body.status === 'degraded' && body
  }, 'the degradation')
  tally.check(reason.test(String(health.reason)), `the reason told is "${health.reason}"`)
  for (const path of ['devices', 'targets', 'activity-log']) await callOk(url, 'GET', `/api/v1/${path}`)
  const watcher = await watch(url)
  const lit = (): ReadonlySet<unknown> =>
    new Set(
      watcher.events
        .filter(({ type, frames_out: frames }) => type === 'target_stats' && Number(frames) > 0)
        .map(({ target_id: id }) => id),
    )
  await waitFor(() => lit().size === 2, 'frames at both lights')
  assertBalance(booksOf(await readMetrics(url)), tally)
  await watcher.close()
}

async function fullServer(disk: SmallDisk, tally: Tally): Promise<void> {
  await serve(disk.folder, async ({ url }) => {
    disk.fill()
    await leaveEntries(url)
    await checkDegraded(url, /because the disk is full$/, tally)
    disk.free()
    const [recovered] = await waitForEntries(url, 'activity_log_recovered', 1, RECOVERY_MS)
    const late = Number(recovered?.metadata.late)
    tally.check(late >= CHECKS, `${late} entries are told as late`)
    const entries = await waitForEntries(url, 'activity_log_verified', CHECKS)
    tally.duplicate(entries.length - CHECKS, 'entries that came late')
    assertBalance(booksOf(await readMetrics(url)), tally)
  })
  await checkChain(disk.folder, tally)
}

async function fullFlood(disk: SmallDisk, tally: Tally): Promise<void> {
  const recorded = WORKERS * RECORDS_EACH
  await withFloodServer(disk.folder, async (server) => {
    const books = async () => booksOf(await readMetrics(server.url))
    disk.fill()
    await server.flood({ workers: WORKERS, burst: 64, everyMs: 2, count: RECORDS_EACH })
    await waitFor(async () => (await books()).queued >= ALL_WINDOWS, 'all windows to be full', 30_000)
    assertBalance(await books(), tally)
    disk.free()
    await waitFor(
      async () => {
        const { accepted, queued } = await books()
        return accepted >= recorded && queued === 0
      },
      'the log to catch up',
      RECOVERY_MS,
    )
    assertBalance(await books(), tally)
    tally.check((await server.end('SIGTERM')) === 0, 'the server did not end with 0')
  })
  const stored = readStored(disk.folder)
  checkStored(stored, 0, tally)
  await checkChain(disk.folder, tally)
  const kept = stored.filter(({ action }) => action === 'device_discovered').length
  const told = stored
    .filter(({ action }) => action === 'activity_records_lost')
    .reduce((sum, { metadata }) => sum + Number(JSON.parse(metadata).count), 0)
  tally.lose(recorded - kept - told, 'records that are neither stored nor told as lost')
  tally.note(`full disk under a flood of ${recorded}: ${kept} stored late, ${told} dropped and told`)
}

async function brokenServer(disk: SmallDisk, tally: Tally): Promise<void> {
  await serve(disk.folder, async (server) => {
    disk.breakWriting()
    await leaveEntries(server.url)
    await checkDegraded(
      server.url,
      /because (the disk reports an error|its file or folder is read-only)$/,
      tally,
    )
    const code = await server.end('SIGTERM')
    tally.check(code === 0, `it ended with ${code}`)
    const said = /"count":(\d+),"msg":"entries could not be written and are lost"/.exec(server.stderr())
    tally.check(Number(said?.[1]) > CHECKS, `it did not say how many are lost: ${server.stderr()}`)
    tally.note(`disk given up for good: ${said?.[1]} entries lost at the stop, and told on standard error`)
  })
}
