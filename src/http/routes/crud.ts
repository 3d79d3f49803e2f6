import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { z } from 'zod'
import { EntityId } from '../../protocol/api-fields.ts'
import type { App } from '../app.ts'

/** Path parameters of everything about one thing. */
export const IdParams = z.object({ id: EntityId })

interface CrudSchemas<Entity extends z.ZodType, Create extends z.ZodType, Update extends z.ZodType> {
  readonly entity: Entity
  readonly create: Create
  readonly update: Update
}

interface CrudService<Entity, Create, Update> {
  list(): Promise<readonly Entity[]>
  get(id: string): Promise<Entity>
  create(input: Create): Promise<Entity>
  update(id: string, input: Update): Promise<Entity>
  delete(id: string): Promise<void>
}

/** List, get, create, update (any subset of the fields) and delete, under `prefix`. */
export function addCrudRoutes<Entity extends z.ZodType, Create extends z.ZodType, Update extends z.ZodType>(
  app: App,
  prefix: string,
  schemas: CrudSchemas<Entity, Create, Update>,
  service: CrudService<z.output<Entity>, z.output<Create>, z.output<Update>>,
): void {
  const { entity, create, update } = schemas
  const one = `${prefix}/:id`
  const viewer = { role: 'viewer' } as const
  const operator = { role: 'operator' } as const
  // The provider's types cannot follow schemas that are type parameters; the validator has checked
  // what the handlers read.
  const idOf = (request: FastifyRequest): string => (request.params as z.infer<typeof IdParams>).id
  const routes: RouteOptions[] = [
    {
      method: 'GET',
      url: prefix,
      config: viewer,
      schema: { response: { 200: z.array(entity) } },
      handler: async () => await service.list(),
    },
    {
      method: 'GET',
      url: one,
      config: viewer,
      schema: { params: IdParams, response: { 200: entity } },
      handler: async (request) => await service.get(idOf(request)),
    },
    {
      method: 'POST',
      url: prefix,
      config: operator,
      schema: { body: create, response: { 201: entity } },
      handler: async (request, reply) =>
        reply.code(201).send(await service.create(request.body as z.output<Create>)),
    },
    {
      method: 'PUT',
      url: one,
      config: operator,
      schema: { params: IdParams, body: update, response: { 200: entity } },
      handler: async (request) => await service.update(idOf(request), request.body as z.output<Update>),
    },
    {
      method: 'DELETE',
      url: one,
      config: operator,
      schema: { params: IdParams, response: { 204: z.null() } },
      handler: async (request, reply) => {
        await service.delete(idOf(request))
        return await reply.code(204).send()
      },
    },
  ]
  for (const route of routes) (app as unknown as FastifyInstance).route(route)
}
