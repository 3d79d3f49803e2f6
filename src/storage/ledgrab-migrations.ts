import { type Kysely, type Migration, sql } from 'kysely'

/** The schema of `ledgrab.db`, oldest first. Migrations are only ever added. */
export const ledgrabMigrations: Readonly<Record<string, Migration>> = {
  '0001_entities': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('settings')
        .ifNotExists()
        .addColumn('key', 'text', (column) => column.primaryKey().notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute()
      await namedTable(db, 'devices')
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('port', 'integer', (column) => column.notNull())
        .addColumn('realtime_port', 'integer')
        // One controller is one device, whatever its address is today.
        .addColumn('mac', 'text', (column) => column.unique())
        .addColumn('led_count', 'integer', (column) => column.notNull())
        .execute()
      await namedTable(db, 'sources')
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .execute()
      await namedTable(db, 'targets')
        .addColumn('device_id', 'text', (column) => column.notNull().references('devices.id'))
        .addColumn('source_id', 'text', (column) => column.notNull().references('sources.id'))
        .addColumn('layout', 'text', (column) => column.notNull())
        .addColumn('processing', 'text', (column) => column.notNull())
        .addColumn('wanted', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      await db.schema
        .createTable('api_keys')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('label', 'text', (column) => column.notNull().unique())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('hash', 'blob', (column) => column.notNull().unique())
        .addColumn('created_ts', 'integer', (column) => column.notNull())
        .execute()
    },
  },
  '0002_revoked_keys': {
    async up(db: Kysely<unknown>): Promise<void> {
      const tables = await db.introspection.getTables()
      const keys = tables.find(({ name }) => name === 'api_keys')
      if (keys?.columns.some(({ name }) => name === 'revoked_ts')) return
      // A label must be unique among valid keys only, and SQLite cannot drop a constraint: a new table.
      await db.schema
        .createTable('api_keys_new')
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('hash', 'blob', (column) => column.notNull().unique())
        .addColumn('created_ts', 'integer', (column) => column.notNull())
        .addColumn('revoked_ts', 'integer')
        .execute()
      await sql`insert into api_keys_new select id, label, role, hash, created_ts, null from api_keys`.execute(
        db,
      )
      await db.schema.dropTable('api_keys').execute()
      await db.schema.alterTable('api_keys_new').renameTo('api_keys').execute()
      await db.schema
        .createIndex('api_keys_label')
        .unique()
        .on('api_keys')
        .column('label')
        .where(sql.ref('revoked_ts'), 'is', null)
        .execute()
    },
  },
  '0003_device_settings': {
    async up(db: Kysely<unknown>): Promise<void> {
      const tables = await db.introspection.getTables()
      const devices = tables.find(({ name }) => name === 'devices')
      if (devices?.columns.some(({ name }) => name === 'settings')) return
      await db.schema
        .alterTable('devices')
        .addColumn('settings', 'text', (column) => column.notNull().defaultTo('{}'))
        .execute()
    },
  },
  '0004_scenes': {
    async up(db: Kysely<unknown>): Promise<void> {
      await namedTable(db, 'scenes')
        .addColumn('targets', 'text', (column) => column.notNull())
        .execute()
    },
  },
}

function namedTable(db: Kysely<unknown>, table: string) {
  return db.schema
    .createTable(table)
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('created_ts', 'integer', (column) => column.notNull())
}
