import { join } from 'node:path'
import { LastWrite } from '../../src/activity/last-write.ts'
import { ActivityRecorder, type RecorderOptions } from '../../src/activity/recorder.ts'
import { ActivityLogRepository } from '../../src/activity/repository.ts'
import type { SealedEntry } from '../../src/activity/sealer.ts'
import { activityMigrations } from '../../src/storage/activity-migrations.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openActivityDatabase } from '../../src/storage/open.ts'
import { tempDir } from './temp-dir.ts'

/** A real activity log in a folder of its own, and a recorder that writes to it. */
export async function openLog(options: Partial<RecorderOptions> & { readonly file?: string } = {}) {
  const file = options.file ?? join(tempDir(), 'activity.db')
  const database = openActivityDatabase(file)
  await migrate(database.db, file, activityMigrations)
  const repository = new ActivityLogRepository(database)
  const lastWrite = new LastWrite(database.raw)
  const published: SealedEntry[] = []
  const warnings: string[] = []
  const recorder = new ActivityRecorder({
    store: async (rows) => {
      await repository.record(rows)
      return undefined
    },
    storeSync: (rows) => lastWrite.write(rows),
    spill: () => {
      throw new Error('there is nowhere to spill to')
    },
    state: await repository.readState(),
    enabled: true,
    reportIntervalMs: 0,
    publish: (entries) => published.push(...entries),
    warn: (message) => warnings.push(message),
    ...options,
  })
  return { ...database, repository, recorder, published, warnings }
}
