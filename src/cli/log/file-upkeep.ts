import { ActivityLogRetentionEngine, toPruneRule } from '../../activity/retention.ts'
import { loadRetentionSettings } from '../../activity/retention-settings.ts'
import { LedGrabError } from '../../errors.ts'
import { findPrunable, toPrunedFields } from '../../http/jobs/prune-job.ts'
import { definedOf } from '../../lib/changes.ts'
import type { ClearReport, PruneOrder, PruneReport } from '../../protocol/api-log.ts'
import type { RetentionSettings } from '../../protocol/retention.ts'
import { ledgrabMigrations } from '../../storage/ledgrab-migrations.ts'
import { assertMigrated } from '../../storage/migrate.ts'
import { openLedgrabReader } from '../../storage/open.ts'
import { SettingsStore } from '../../storage/settings-store.ts'
import type { TaskPool } from '../../threads/task-pool.ts'
import { findDataFile, type StoppedServer, VIA_CLI, withStoppedServer } from '../stopped-server.ts'
import { say } from '../terminal.ts'

/** Nobody writes beside us: pages are given back in large steps. */
const RECLAIM_PAGES = 1_024

/** Prunes the files of a stopped server once, or tells what that would remove without touching them. */
export async function pruneFiles(
  dataDir: string,
  activityFile: string,
  pool: TaskPool,
  { dry_run: isDry = false, ...limits }: PruneOrder,
): Promise<PruneReport> {
  if (isDry) {
    const stored = await readSettings(findDataFile(dataDir, 'ledgrab'))
    const { max_days, max_entries } = { ...stored, ...definedOf(limits) }
    const rule = toPruneRule({ max_days, max_entries }, Date.now())
    const range = await findPrunable({ pool, activityFile }, rule)
    return { dry_run: true, ...toPrunedFields(range), max_days, max_entries }
  }
  return await withLock(dataDir, async (server) => {
    const { max_days, max_entries } = { ...server.settings, ...definedOf(limits) }
    const range = await withEngine(server, (engine) => engine.pruneOnce({ max_days, max_entries }))
    return { dry_run: false, ...toPrunedFields(range), max_days, max_entries }
  })
}

/** Wipes the log in the files of a stopped server. */
export async function clearFiles(dataDir: string): Promise<ClearReport> {
  return await withLock(dataDir, async (server) => ({
    removed: await withEngine(server, (engine) => engine.clear()),
  }))
}

/** Runs the server's own retention in the name of the command, and gives the room back. */
async function withEngine<T>(
  { repository, recorder, store, settings }: StoppedServer,
  work: (engine: ActivityLogRetentionEngine) => Promise<T>,
): Promise<T> {
  const engine = new ActivityLogRetentionEngine({
    repository,
    recorder: {
      record: (category, action, details) =>
        recorder.record(category, action, { ...details, metadata: { ...details.metadata, ...VIA_CLI } }),
      flush: () => recorder.flush(),
      setEnabled: (enabled) => recorder.setEnabled(enabled),
    },
    store: store.settings,
    settings,
    warn: (message) => say(message),
  })
  const result = await work(engine)
  await engine.stop()
  while ((await repository.reclaim(RECLAIM_PAGES)) > 0);
  return result
}

async function withLock<T>(dataDir: string, work: (server: StoppedServer) => Promise<T>): Promise<T> {
  findDataFile(dataDir, 'ledgrab')
  try {
    return await withStoppedServer(dataDir, work)
  } catch (cause) {
    if (!(cause instanceof LedGrabError) || cause.code !== 'LG_STORAGE_LOCKED') throw cause
    throw new LedGrabError(
      cause.code,
      `a LedGrab server is running on ${dataDir}; leave out --data-dir to ask that server, or stop it first`,
      { cause },
    )
  }
}

async function readSettings(file: string): Promise<RetentionSettings> {
  const { db, raw } = openLedgrabReader(file)
  try {
    await assertMigrated(db, file, ledgrabMigrations)
    return await loadRetentionSettings(new SettingsStore(db))
  } finally {
    raw.close()
  }
}
