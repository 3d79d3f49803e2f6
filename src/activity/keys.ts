import type { JsonObject, Recorder } from '../protocol/activity.ts'
import type { KeyCreate, NewKey } from '../protocol/api-keys.ts'
import type { KeyStore } from '../storage/key-store.ts'

/**
 * Makes an API key and records it, by label, never by value. For the server and for the command on
 * a stopped server's files alike.
 *
 * @throws `LG_ENTITY_NAME_TAKEN`
 */
export async function createKey(
  keys: KeyStore,
  recorder: Recorder,
  { label, role }: KeyCreate,
  metadata: JsonObject = {},
): Promise<NewKey> {
  const { key, text } = await keys.create(label, role, Date.now())
  recorder.record('auth', 'key_created', {
    message: `The API key "${label}" with the role ${role} was created.`,
    entity: { type: 'key', id: key.id, name: label },
    metadata: { ...metadata, label, role },
  })
  return { id: key.id, label, role, key: text, created_at: new Date(key.createdMs).toISOString() }
}
