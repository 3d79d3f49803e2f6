import { EntityStore } from './entity-store.ts'
import { KeyStore } from './key-store.ts'
import { ledgrabMigrations } from './ledgrab-migrations.ts'
import { migrate } from './migrate.ts'
import { openLedgrabDatabase } from './open.ts'
import { SettingsStore } from './settings-store.ts'
import { toStorageError } from './sqlite-error.ts'

/** Everything in `ledgrab.db`. */
export interface LedgrabStore {
  readonly settings: SettingsStore
  readonly keys: KeyStore
  readonly devices: EntityStore<'devices'>
  readonly sources: EntityStore<'sources'>
  readonly targets: EntityStore<'targets'>
  readonly scenes: EntityStore<'scenes'>
  /** Brings the write-ahead log into the file and closes it. */
  close(): void
}

/**
 * Opens `ledgrab.db` and brings it to the newest schema. The caller holds the lock of the data
 * directory.
 *
 * @throws `LG_STORAGE_…`
 */
export async function openLedgrabStore(file: string): Promise<LedgrabStore> {
  const { db, raw } = openLedgrabDatabase(file)
  try {
    await migrate(db, file, ledgrabMigrations)
    const keys = new KeyStore(db)
    await keys.load()
    return {
      settings: new SettingsStore(db),
      keys,
      devices: new EntityStore(db, 'devices'),
      sources: new EntityStore(db, 'sources'),
      targets: new EntityStore(db, 'targets'),
      scenes: new EntityStore(db, 'scenes'),
      close: () => {
        raw.pragma('wal_checkpoint(TRUNCATE)')
        raw.close()
      },
    }
  } catch (cause) {
    raw.close()
    throw toStorageError(cause, file)
  }
}
