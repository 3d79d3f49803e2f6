import { Scene, SceneApplied, SceneCreate, SceneUpdate } from '../../protocol/api-scenes.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes, IdParams } from './crud.ts'

const PREFIX = '/api/v1/scenes'

export function addSceneRoutes(app: App, { scenes }: Services): void {
  addCrudRoutes(app, PREFIX, { entity: Scene, create: SceneCreate, update: SceneUpdate }, scenes)

  app.post(
    `${PREFIX}/:id/apply`,
    { config: { role: 'operator' }, schema: { params: IdParams, response: { 200: SceneApplied } } },
    async ({ params }) => await scenes.apply(params.id),
  )
}
