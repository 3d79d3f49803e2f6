import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { ActivityLog } from '../activity/activity-log.ts'
import type { ActivityRecorder } from '../activity/recorder.ts'
import type { ActivityLogRepository } from '../activity/repository.ts'
import { loadRetentionSettings } from '../activity/retention-settings.ts'
import { LedGrabError } from '../errors.ts'
import type { RetentionSettings } from '../protocol/retention.ts'
import { type DataDirFiles, dataDirFiles, lockDataDir } from '../storage/data-dir.ts'
import { type LedgrabStore, openLedgrabStore } from '../storage/ledgrab-store.ts'
import { countEntries, say } from './terminal.ts'

/** Marks an entry of a command that worked on the files: no server was there to record it. */
export const VIA_CLI = { via: 'cli' } as const

/** The files of a stopped server, open for writing. */
export interface StoppedServer {
  readonly store: LedgrabStore
  readonly settings: RetentionSettings
  readonly repository: ActivityLogRepository
  readonly recorder: ActivityRecorder
}

/**
 * The path of a database that is there already.
 *
 * @throws `LG_CLI_FAILED` when it is not
 */
export function findDataFile(dataDir: string, name: 'activity' | 'ledgrab'): string {
  const file = dataDirFiles(dataDir)[name]
  if (existsSync(file)) return file
  throw new LedGrabError('LG_CLI_FAILED', `there is no ${basename(file)} in ${dataDir}; check --data-dir`)
}

/**
 * Runs `work` on the files of a stopped server, whose lock is ours meanwhile. What it records is on
 * disk when this resolves.
 *
 * @throws `LG_STORAGE_…`
 */
export async function withStoppedServer<T>(
  dataDir: string,
  work: (server: StoppedServer) => Promise<T>,
): Promise<T> {
  const files = dataDirFiles(dataDir)
  const lock = lockDataDir(dataDir)
  try {
    const store = await openLedgrabStore(files.ledgrab)
    try {
      return await withRecorder(files, store, work)
    } finally {
      store.close()
    }
  } finally {
    lock.release()
  }
}

async function withRecorder<T>(
  files: DataDirFiles,
  store: LedgrabStore,
  work: (server: StoppedServer) => Promise<T>,
): Promise<T> {
  const settings = await loadRetentionSettings(store.settings)
  const { recorder, repository, file } = await ActivityLog.open(files.activity, {
    enabled: settings.enabled,
    replaceDamaged: false,
    publish: () => {},
    warn: (message) => say(message),
  })
  try {
    return await work({ store, settings, repository, recorder })
  } finally {
    const lost = recorder.flushSync()
    if (lost > 0) say(`${countEntries(lost)} about this could not be written to the activity log`)
    file.raw.close()
  }
}
