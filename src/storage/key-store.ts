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

/** Labels that entries use for nobody's key. */
const RESERVED_LABELS = ['system', 'anonymous']

/**
 * The API keys. They are random, so a plain SHA-256 is enough: a slow hash gains nothing and would
 * block the loop at every request.
 */
export class KeyStore {
  readonly #db: Kysely<LedgrabDatabase>
  #keys: readonly (ApiKey & { readonly hash: Buffer })[] = []

  constructor(db: Kysely<LedgrabDatabase>) {
    this.#db = db
  }

  /** Reads the keys into memory, where every request looks them up. */
  async load(): Promise<void> {
    const rows = await this.#db.selectFrom('api_keys').selectAll().orderBy('created_ts').execute()
    this.#keys = rows.map((row) => ({ ...toApiKey(row), hash: row.hash }))
  }

  get hasKeys(): boolean {
    return this.#keys.length > 0
  }

  /**
   * Makes a key. It works at once; its text is not kept and cannot be shown again.
   *
   * @throws `LG_ENTITY_NAME_TAKEN` for a label that exists or is reserved
   */
  async create(
    label: string,
    role: Role,
    nowMs: number,
  ): Promise<{ readonly key: ApiKey; readonly text: string }> {
    if (RESERVED_LABELS.includes(label.toLowerCase())) {
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

  /** The key with this text. Compares with all, in constant time each. */
  find(text: string): ApiKey | undefined {
    const hash = hashKey(text)
    let found: ApiKey | undefined
    for (const key of this.#keys) {
      if (timingSafeEqual(key.hash, hash)) found = key
    }
    return found
  }
}

function hashKey(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return { id: row.id, label: row.label, role: row.role as Role, createdMs: row.created_ts }
}
