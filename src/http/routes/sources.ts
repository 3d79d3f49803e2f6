import { type Source, SourceCreate, SourceUpdate, SourceWithCapture } from '../../protocol/api-sources.ts'
import { toMaskedLocation } from '../../protocol/video-secrets.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes } from './crud.ts'

export function addSourceRoutes(app: App, { sources, sourceStates }: Services): void {
  const toShown = (source: Source): SourceWithCapture => ({
    ...withoutSecrets(source),
    capture: sourceStates.of(source.id),
  })
  addCrudRoutes(
    app,
    '/api/v1/sources',
    { entity: SourceWithCapture, create: SourceCreate, update: SourceUpdate },
    {
      list: async () => (await sources.list()).map(toShown),
      get: async (id) => toShown(await sources.get(id)),
      create: async (input) => toShown(await sources.create(input)),
      update: async (id, input) => toShown(await sources.update(id, input)),
      delete: (id) => sources.delete(id),
    },
  )
}

/** Whoever may look at a source may not therefore know the password of a camera. */
function withoutSecrets(source: Source): Source {
  return source.type === 'video' ? { ...source, location: toMaskedLocation(source.location) } : source
}
