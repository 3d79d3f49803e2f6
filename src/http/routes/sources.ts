import { Source, SourceCreate, SourceUpdate } from '../../protocol/api-sources.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes } from './crud.ts'

export function addSourceRoutes(app: App, { sources }: Services): void {
  addCrudRoutes(
    app,
    '/api/v1/sources',
    { entity: Source, create: SourceCreate, update: SourceUpdate },
    sources,
  )
}
