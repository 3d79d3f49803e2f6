import type { Kysely } from 'kysely'
import type { LedgrabDatabase } from './row-types.ts'

/** Settings that the server keeps by itself, as JSON under a key. */
export class SettingsStore {
  readonly #db: Kysely<LedgrabDatabase>

  constructor(db: Kysely<LedgrabDatabase>) {
    this.#db = db
  }

  /** The value as it was stored, or undefined; parse it before use. */
  async getSetting(key: string): Promise<unknown> {
    const row = await this.#db
      .selectFrom('settings')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst()
    return row === undefined ? undefined : JSON.parse(row.value)
  }

  /** Resolves once the value is on disk. */
  async setSetting(key: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value)
    await this.#db
      .insertInto('settings')
      .values({ key, value: text })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: text }))
      .execute()
  }
}
