import { join } from 'node:path'
import { ledgrabMigrations } from '../../src/storage/ledgrab-migrations.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openLedgrabDatabase } from '../../src/storage/open.ts'
import { SettingsStore } from '../../src/storage/settings-store.ts'
import { tempDir } from './temp-dir.ts'

/** A real `ledgrab.db` in a folder of its own, and its settings. */
export async function openSettings(file = join(tempDir(), 'ledgrab.db')) {
  const database = openLedgrabDatabase(file)
  await migrate(database.db, file, ledgrabMigrations)
  return { ...database, settings: new SettingsStore(database.db) }
}
