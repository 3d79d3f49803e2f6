import { LedGrabError } from '../errors.ts'
import type { JsonObject, Recorder } from '../protocol/activity.ts'
import type { KeyCreate, ListedKey, NewKey } from '../protocol/api-keys.ts'
import type { ApiKey, KeyStore } from '../storage/key-store.ts'

/**
 * Makes an API key and records it, by label, never by value. For the server and for the command on
 * a stopped server's files alike.
 *
 * The first key must be an admin's: from then on nobody gets in without a key, and nobody else could make one.
 *
 * @throws `LG_ENTITY_NAME_TAKEN`, `LG_ENTITY_WRONG_STATE` for a first key that is no admin's
 */
export async function createKey(
  keys: KeyStore,
  recorder: Recorder,
  { label, role }: KeyCreate,
  metadata: JsonObject = {},
): Promise<NewKey> {
  if (!keys.hasKeys && role !== 'admin') {
    throw new LedGrabError(
      'LG_ENTITY_WRONG_STATE',
      'the first key must have the role admin: from then on everybody needs a key, and only an admin can make more',
      { field: 'role' },
    )
  }
  const { key, text } = await keys.create(label, role, Date.now())
  recorder.record('auth', 'key_created', {
    message: `The API key "${label}" with the role ${role} was created.`,
    entity: { type: 'key', id: key.id, name: label },
    metadata: { ...metadata, label, role },
  })
  return { ...toListedKey(key), key: text }
}

/** The valid keys, oldest first. */
export function listKeys(keys: KeyStore): readonly ListedKey[] {
  return keys.list().map(toListedKey)
}

/**
 * Revokes an API key and records it. For the server and for the command on a stopped server's files
 * alike.
 *
 * @throws `LG_ENTITY_NOT_FOUND`, `LG_ENTITY_WRONG_STATE` for the last admin key
 */
export async function revokeKey(
  keys: KeyStore,
  recorder: Recorder,
  id: string,
  metadata: JsonObject = {},
): Promise<ListedKey> {
  const key = await keys.revoke(id, Date.now())
  const { label, role } = key
  recorder.record('auth', 'key_revoked', {
    message: `The API key "${label}" with the role ${role} was revoked.`,
    entity: { type: 'key', id, name: label },
    metadata: { ...metadata, label, role },
  })
  return toListedKey(key)
}

function toListedKey({ id, label, role, createdMs }: ApiKey): ListedKey {
  return { id, label, role, created_at: new Date(createdMs).toISOString() }
}
