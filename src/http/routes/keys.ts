import { createKey } from '../../activity/keys.ts'
import { KeyCreate, NewKey } from '../../protocol/api-keys.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'

export function addKeyRoutes(app: App, { keys, recorder, publish }: Services): void {
  app.post(
    '/api/v1/keys',
    { config: { role: 'admin' }, schema: { body: KeyCreate, response: { 201: NewKey } } },
    async ({ body }, reply) => {
      const created = await createKey(keys, recorder, body)
      publish({ type: 'entity_changed', entity_type: 'key', entity_id: created.id, change: 'created' })
      return reply.code(201).send(created)
    },
  )
}
