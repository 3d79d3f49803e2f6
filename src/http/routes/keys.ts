import { z } from 'zod'
import { createKey, listKeys, revokeKey } from '../../activity/keys.ts'
import { KeyCreate, ListedKey, NewKey } from '../../protocol/api-keys.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { IdParams } from './crud.ts'

const PREFIX = '/api/v1/keys'

export function addKeyRoutes(app: App, { keys, recorder, hub, publish }: Services): void {
  app.get(
    PREFIX,
    { config: { role: 'admin' }, schema: { response: { 200: z.array(ListedKey) } } },
    async () => [...listKeys(keys)],
  )

  app.post(
    PREFIX,
    { config: { role: 'admin' }, schema: { body: KeyCreate, response: { 201: NewKey } } },
    async ({ body }, reply) => {
      const created = await createKey(keys, recorder, body)
      publish({ type: 'entity_changed', entity_type: 'key', entity_id: created.id, change: 'created' })
      // From the first key on everybody needs one, also who is here already.
      hub.closeKey(undefined)
      return reply.code(201).send(created)
    },
  )

  app.delete(
    `${PREFIX}/:id`,
    { config: { role: 'admin' }, schema: { params: IdParams, response: { 204: z.null() } } },
    async ({ params }, reply) => {
      await revokeKey(keys, recorder, params.id)
      hub.closeKey(params.id)
      publish({ type: 'entity_changed', entity_type: 'key', entity_id: params.id, change: 'deleted' })
      return await reply.code(204).send(null)
    },
  )
}
