import { activityMigrations } from '../storage/activity-migrations.ts'
import { migrate } from '../storage/migrate.ts'
import { type OpenDatabase, openActivityDatabase } from '../storage/open.ts'
import type { ActivityDatabase } from '../storage/row-types.ts'
import { toStorageError } from '../storage/sqlite-error.ts'
import { ActivityRecorder, type RecorderOptions } from './recorder.ts'
import { ActivityLogRepository, type LogState } from './repository.ts'

export interface ActivityLog {
  readonly database: OpenDatabase<ActivityDatabase>
  readonly repository: ActivityLogRepository
  readonly recorder: ActivityRecorder
  /** Where the log stood when it was opened. */
  readonly state: LogState
}

/**
 * Opens the log for its one writer, brings it to the newest schema and makes its recorder. The
 * caller holds the lock of the data directory.
 *
 * @throws `LG_STORAGE_…`
 */
export async function openActivityLog(
  file: string,
  options: Pick<RecorderOptions, 'enabled' | 'publish' | 'warn'>,
): Promise<ActivityLog> {
  const database = openActivityDatabase(file)
  try {
    await migrate(database.db, file, activityMigrations)
    const repository = new ActivityLogRepository(database.db)
    const state = await repository.readState()
    const recorder = new ActivityRecorder({
      ...options,
      store: (rows) => repository.record(rows),
      raw: database.raw,
      state,
    })
    return { database, repository, recorder, state }
  } catch (cause) {
    database.raw.close()
    throw toStorageError(cause, file)
  }
}
