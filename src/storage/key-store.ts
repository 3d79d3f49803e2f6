import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import { LedGrabError } from '../errors.ts'
import type { Role } from '../protocol/server-events.ts'
import type { ApiKeyRow, LedgrabDatabase } from './row-types.ts'
import { sqliteCode } from './sqlite-error.ts'

export interface ApiKey {
  readonly id: string
  readonly label: string
  readonly role: Role
  readonly createdMs: number
}

type StoredKey = ApiKey & { readonly hash: Buffer }

/** Labels that entries use for nobody's key. */
const RESERVED_LABELS = ['system', 'anonymous']

/**
 * The API keys. They are random, so a plain SHA-256 is enough: a slow hash gains nothing and would
 * block the loop at every request.
 */
export class KeyStore {
  readonly #db: Kysely<LedgrabDatabase>
  #keys: readonly StoredKey[] = []
  #revoked: readonly StoredKey[] = []

  constructor(db: Kysely<LedgrabDatabase>) {
    this.#db = db
  }

  /** Reads the keys into memory, where every request looks them up. */
  async load(): Promise<void> {
    const rows = await this.#db
      .selectFrom('api_keys')
      .selectAll()
      .orderBy('created_ts')
      .orderBy('id')
      .execute()
    const toStored = (row: ApiKeyRow): StoredKey => ({ ...toApiKey(row), hash: row.hash })
    this.#keys = rows.filter(({ revoked_ts }) => revoked_ts === null).map(toStored)
    this.#revoked = rows.filter(({ revoked_ts }) => revoked_ts !== null).map(toStored)
  }

  get hasKeys(): boolean {
    return this.#keys.length > 0
  }

  /**
   * Makes a key. It works at once; its text is not kept and cannot be shown again.
   *
   * @throws `LG_ENTITY_NAME_TAKEN` for a label that exists, looks like one that does, or is reserved
   */
  async create(
    label: string,
    role: Role,
    nowMs: number,
  ): Promise<{ readonly key: ApiKey; readonly text: string }> {
    this.#assertLabelFree(label)
    if (RESERVED_LABELS.includes(toSkeleton(label))) {
      throw new LedGrabError('LG_ENTITY_NAME_TAKEN', `the label "${label}" is reserved; choose another`, {
        field: 'label',
      })
    }
    const text = `lg_${randomBytes(32).toString('base64url')}`
    const row: ApiKeyRow = {
      id: `key_${randomBytes(6).toString('hex')}`,
      label,
      role,
      hash: hashKey(text),
      created_ts: nowMs,
      revoked_ts: null,
    }
    try {
      await this.#db.insertInto('api_keys').values(row).execute()
    } catch (cause) {
      if (sqliteCode(cause) !== 'SQLITE_CONSTRAINT_UNIQUE') throw cause
      throw new LedGrabError('LG_ENTITY_NAME_TAKEN', `there is already a key labelled "${label}"`, {
        cause,
        field: 'label',
      })
    }
    await this.load()
    return { key: toApiKey(row), text }
  }

  #assertLabelFree(label: string): void {
    const alike = this.#keys.find((key) => toSkeleton(key.label) === toSkeleton(label))
    if (alike === undefined) return
    throw new LedGrabError('LG_ENTITY_NAME_TAKEN', `there is already a key labelled "${alike.label}"`, {
      field: 'label',
    })
  }

  /** The valid keys, oldest first. */
  list(): readonly ApiKey[] {
    return this.#keys.map(({ hash: _hash, ...key }) => key)
  }

  /**
   * Ends a key for good; it works no longer once this resolves. Its label may be given again.
   *
   * The last admin key stays: without one nobody could manage the server any more, and without any key
   * it would be open again to whoever sits at the machine.
   *
   * @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_WRONG_STATE` for the last admin key
   */
  async revoke(id: string, nowMs: number): Promise<ApiKey> {
    const revoked = await this.#db.transaction().execute(async (trx) => {
      const rows = await trx.selectFrom('api_keys').selectAll().where('revoked_ts', 'is', null).execute()
      const row = rows.find((one) => one.id === id)
      if (row === undefined) {
        throw new LedGrabError('LG_ENTITY_NOT_FOUND', `there is no valid key with the id ${id}`)
      }
      const others = rows.filter((one) => one.id !== id)
      const isLastAdmin = row.role === 'admin' && !others.some(({ role }) => role === 'admin')
      if (isLastAdmin || others.length === 0) {
        throw new LedGrabError(
          'LG_ENTITY_WRONG_STATE',
          `"${row.label}" is the last ${isLastAdmin ? 'admin key' : 'key'}; create another admin key first, then revoke this one`,
        )
      }
      await trx.updateTable('api_keys').set({ revoked_ts: nowMs }).where('id', '=', id).execute()
      return row
    })
    await this.load()
    return toApiKey(revoked)
  }

  /** The valid key with this text. */
  find(text: string): ApiKey | undefined {
    return findByText(this.#keys, text)
  }

  /** The revoked key with this text. */
  findRevoked(text: string): ApiKey | undefined {
    return findByText(this.#revoked, text)
  }
}

/** What of a label people tell apart: not its case, its form or what is invisible (Unicode UAX #15, UTS #39). */
function toSkeleton(label: string): string {
  return label
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
}

/** Compares with all, in constant time each. */
function findByText(keys: readonly StoredKey[], text: string): StoredKey | undefined {
  const hash = hashKey(text)
  let found: StoredKey | undefined
  for (const key of keys) {
    if (timingSafeEqual(key.hash, hash)) found = key
  }
  return found
}

function hashKey(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return { id: row.id, label: row.label, role: row.role as Role, createdMs: row.created_ts }
}
