import { z } from 'zod'
import { toDiscoveryReport } from '../../devices/discovery-report.ts'
import type { DiscoveredController } from '../../devices/discovery-service.ts'
import {
  type Device,
  DeviceCreate,
  DeviceUpdate,
  DeviceWithHealth,
  IdentifyRequestBody,
} from '../../protocol/api-devices.ts'
import {
  ControllerLookup,
  DiscoveryReportSchema,
  FoundControllerSchema,
} from '../../protocol/api-discovery.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes, IdParams } from './crud.ts'

export function addDeviceRoutes(
  app: App,
  { devices, health, discovery, search, discoveryInterface, identifier }: Services,
): void {
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

  app.post(
    '/api/v1/devices/:id/identify',
    {
      config: { role: 'operator' },
      schema: { params: IdParams, body: IdentifyRequestBody, response: { 204: z.null() } },
    },
    async ({ params, body }, reply) => {
      await identifier.identify(params.id, body.seconds)
      return await reply.code(204).send(null)
    },
  )

  app.get(
    '/api/v1/discovered',
    { config: { role: 'viewer' }, schema: { response: { 200: z.array(FoundControllerSchema) } } },
    async () => {
      const announced = (await discovery?.listNew()) ?? []
      const asked = await search.listNew()
      const isNew = ({ mac, address, port }: DiscoveredController): boolean =>
        !announced.some((one) =>
          mac !== null ? one.mac === mac : one.address === address && one.port === port,
        )
      return [...announced, ...asked.filter(isNew)]
    },
  )

  app.post(
    '/api/v1/discovered',
    {
      config: { role: 'operator' },
      schema: { body: ControllerLookup, response: { 200: FoundControllerSchema } },
    },
    async ({ body }) => await search.lookUp(body.address, body.port),
  )

  app.get(
    '/api/v1/discovery',
    { config: { role: 'viewer' }, schema: { response: { 200: DiscoveryReportSchema } } },
    async () => toDiscoveryReport({ discovery, search, interface: discoveryInterface }),
  )
}
