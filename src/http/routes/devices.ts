import { z } from 'zod'
import {
  type Device,
  DeviceCreate,
  DeviceUpdate,
  DeviceWithHealth,
  FoundControllerSchema,
} from '../../protocol/api-entities.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes } from './crud.ts'

export function addDeviceRoutes(app: App, { devices, health, discovery }: Services): void {
  const withHealth = (device: Device) => ({ ...device, health: health.healthOf(device.id) })
  addCrudRoutes(
    app,
    '/api/v1/devices',
    { entity: DeviceWithHealth, create: DeviceCreate, update: DeviceUpdate },
    {
      list: async () => (await devices.list()).map(withHealth),
      get: async (id) => withHealth(await devices.get(id)),
      create: async (input) => withHealth(await devices.create(input)),
      update: async (id, input) => withHealth(await devices.update(id, input)),
      delete: (id) => devices.delete(id),
    },
  )

  app.get(
    '/api/v1/discovered',
    { config: { role: 'viewer' }, schema: { response: { 200: z.array(FoundControllerSchema) } } },
    async () => [...((await discovery?.listNew()) ?? [])],
  )
}
