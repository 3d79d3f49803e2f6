import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { LedGrabError } from '../errors.ts'
import type { DeviceRow, LedgrabDatabase, SceneRow, SourceRow, TargetRow } from './row-types.ts'
import { sqliteCode } from './sqlite-error.ts'

interface EntityRows {
  devices: DeviceRow
  sources: SourceRow
  targets: TargetRow
  scenes: SceneRow
}
type Table = keyof EntityRows

/** A row as it is read: plain numbers and texts. */
export type StoredRow<T extends Table> = { readonly [K in keyof EntityRows[T]]: Plain<EntityRows[T][K]> }
type Plain<V> = V extends { readonly __select__: infer S } ? S : V

const NOUNS = { devices: 'device', sources: 'source', targets: 'target', scenes: 'scene' } as const
const ID_PREFIXES = { devices: 'dev', sources: 'src', targets: 'tgt', scenes: 'scn' } as const

/** Devices, sources, targets or scenes: rows with an id and a unique name. */
export class EntityStore<T extends Table> {
  readonly #db: Kysely<LedgrabDatabase>
  readonly #table: T

  constructor(db: Kysely<LedgrabDatabase>, table: T) {
    this.#db = db
    this.#table = table
  }

  /** A fresh id such as `dev_3f2a9c01d4e5`. */
  newId(): string {
    return `${ID_PREFIXES[this.#table]}_${randomBytes(6).toString('hex')}`
  }

  /** All, oldest first. */
  async list(): Promise<readonly StoredRow<T>[]> {
    const rows = await this.#db
      .selectFrom(this.#anyTable())
      .selectAll()
      .orderBy('created_ts')
      .orderBy('id')
      .execute()
    return rows as unknown as readonly StoredRow<T>[]
  }

  /** @throws `LG_ENTITY_NOT_FOUND` */
  async get(id: string): Promise<StoredRow<T>> {
    const row = await this.#db
      .selectFrom(this.#anyTable())
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined)
      throw new LedGrabError('LG_ENTITY_NOT_FOUND', `there is no ${this.noun} with the id ${id}`)
    return row as unknown as StoredRow<T>
  }

  /** @throws `LG_ENTITY_NAME_TAKEN` */
  async insert(row: StoredRow<T>): Promise<void> {
    await this.#translating(row, () =>
      this.#db
        .insertInto(this.#anyTable())
        .values(row as never)
        .execute(),
    )
  }

  /** @throws `LG_ENTITY_NAME_TAKEN` */
  async update(id: string, changes: Partial<Omit<StoredRow<T>, 'id' | 'created_ts'>>): Promise<void> {
    if (Object.keys(changes).length === 0) return
    await this.#translating(changes, () =>
      this.#db
        .updateTable(this.#anyTable())
        .set(changes as never)
        .where('id', '=', id)
        .execute(),
    )
  }

  /** @throws `LG_ENTITY_IN_USE` when a target needs it. */
  async delete(id: string): Promise<void> {
    await this.#translating({}, () => this.#db.deleteFrom(this.#anyTable()).where('id', '=', id).execute())
  }

  get noun(): string {
    return NOUNS[this.#table]
  }

  /** All tables have the columns used here; Kysely needs one name to check them by. */
  #anyTable(): 'devices' {
    return this.#table as 'devices'
  }

  async #translating(row: object, write: () => Promise<unknown>): Promise<void> {
    try {
      await write()
    } catch (cause) {
      switch (sqliteCode(cause)) {
        case 'SQLITE_CONSTRAINT_UNIQUE':
          throw await this.#toTakenError(row, cause)
        case 'SQLITE_CONSTRAINT_FOREIGNKEY':
          if (this.#table === 'targets')
            throw new LedGrabError('LG_ENTITY_NOT_FOUND', 'the device or source was deleted meanwhile', {
              cause,
            })
          throw new LedGrabError(
            'LG_ENTITY_IN_USE',
            `a target uses this ${this.noun}; delete the target first`,
            { cause },
          )
        default:
          throw cause
      }
    }
  }

  async #toTakenError(row: { name?: string; mac?: string | null }, cause: unknown): Promise<LedGrabError> {
    const isNameTaken = (await this.list()).some(({ name }) => name === row.name)
    return isNameTaken || !row.mac
      ? new LedGrabError('LG_ENTITY_NAME_TAKEN', `there is already a ${this.noun} named "${row.name}"`, {
          cause,
          field: 'name',
        })
      : new LedGrabError('LG_ENTITY_NAME_TAKEN', `there is already a ${this.noun} with the MAC ${row.mac}`, {
          cause,
          field: 'mac',
        })
  }
}
