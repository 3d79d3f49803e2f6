import { z } from 'zod'
import { Device, DeviceCreate, DeviceUpdate, FoundControllerSchema } from '../../protocol/api-entities.ts'
import type { App } from '../server.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes } from './crud.ts'

export function addDeviceRoutes(app: App, { devices, discovery }: Services): void {
  addCrudRoutes(
    app,
    '/api/v1/devices',
    { entity: Device, create: DeviceCreate, update: DeviceUpdate },
    devices,
  )

  app.get(
    '/api/v1/discovered',
    { config: { role: 'viewer' }, schema: { response: { 200: z.array(FoundControllerSchema) } } },
    async () => [...((await discovery?.listNew()) ?? [])],
  )
}
