import { type Kysely, type Migration, Migrator, sql } from 'kysely'
import { LedGrabError } from '../errors.ts'

const MIGRATIONS_TABLE = 'data_migrations'

/**
 * Brings a database to the newest schema.
 *
 * Kysely does not roll back a failed migration on SQLite, so each one runs in a transaction of its
 * own and can be run again.
 *
 * @throws `LG_STORAGE_NEWER` when a newer LedGrab has migrated it; nothing is changed then.
 */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  file: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  await assertNotNewer(db, file, Object.keys(migrations))
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => mapInTransaction(migrations) },
    migrationTableName: MIGRATIONS_TABLE,
    migrationLockTableName: `${MIGRATIONS_TABLE}_lock`,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

/**
 * Checks that a database can be read as it is: its schema is the newest this version knows.
 *
 * @throws `LG_STORAGE_NEWER`, `LG_STORAGE_OLDER`
 */
export async function assertMigrated<Schema>(
  db: Kysely<Schema>,
  file: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const known = Object.keys(migrations)
  await assertNotNewer(db, file, known)
  const applied = await readApplied(db)
  if (known.every((name) => applied.includes(name))) return
  throw new LedGrabError(
    'LG_STORAGE_OLDER',
    `${file} was written by an older version of LedGrab; start the server on it once, which brings it up to date`,
  )
}

/** The names of the migrations that a database has behind it. */
async function readApplied<Schema>(db: Kysely<Schema>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === MIGRATIONS_TABLE)) return []
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATIONS_TABLE)}`.execute(db)
  return rows.map(({ name }) => name)
}

async function assertNotNewer<Schema>(
  db: Kysely<Schema>,
  file: string,
  known: readonly string[],
): Promise<void> {
  const unknown = (await readApplied(db)).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new LedGrabError(
      'LG_STORAGE_NEWER',
      `${file} was written by a newer version of LedGrab (migration "${unknown}"); update LedGrab, or choose another folder with --data-dir`,
    )
  }
}

function mapInTransaction(migrations: Readonly<Record<string, Migration>>): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [
      name,
      { up: (db: Kysely<unknown>) => db.transaction().execute((trx) => migration.up(trx)) },
    ]),
  )
}
