import { z } from 'zod'
import { CalibrationAnswer, CalibrationRequest } from '../../protocol/api-calibration.ts'
import {
  Target,
  TargetCreate,
  TargetStatsAnswer,
  TargetTrial,
  TargetUpdate,
} from '../../protocol/api-targets.ts'
import type { App } from '../app.ts'
import type { Services } from '../services.ts'
import { addCrudRoutes, IdParams } from './crud.ts'

const PREFIX = '/api/v1/targets'

export function addTargetRoutes(app: App, { targets, stats, calibration, trials }: Services): void {
  addCrudRoutes(app, PREFIX, { entity: Target, create: TargetCreate, update: TargetUpdate }, targets)

  app.get(
    `${PREFIX}/:id/stats`,
    { config: { role: 'viewer' }, schema: { params: IdParams, response: { 200: TargetStatsAnswer } } },
    async ({ params }) => {
      const { id } = await targets.get(params.id)
      return { stats: stats.latest(id) ?? null }
    },
  )
  app.post(
    `${PREFIX}/:id/try`,
    {
      config: { role: 'operator' },
      schema: { params: IdParams, body: TargetTrial, response: { 204: z.null() } },
    },
    async ({ params, body }, reply) => {
      await trials.show(params.id, body)
      return await reply.code(204).send(null)
    },
  )
  app.post(
    `${PREFIX}/:id/calibration`,
    {
      config: { role: 'operator' },
      schema: { params: IdParams, body: CalibrationRequest, response: { 200: CalibrationAnswer } },
    },
    async ({ params, body }) => await calibration.show(params.id, body),
  )
  app.delete(
    `${PREFIX}/:id/calibration`,
    { config: { role: 'operator' }, schema: { params: IdParams, response: { 204: z.null() } } },
    async ({ params }, reply) => {
      const { id } = await targets.get(params.id)
      await calibration.end(id)
      return await reply.code(204).send(null)
    },
  )
  app.post(
    `${PREFIX}/:id/start`,
    { config: { role: 'operator' }, schema: { params: IdParams, response: { 200: Target } } },
    async ({ params }) => await targets.startTarget(params.id),
  )
  app.post(
    `${PREFIX}/:id/stop`,
    { config: { role: 'operator' }, schema: { params: IdParams, response: { 200: Target } } },
    async ({ params }) => await targets.stopTarget(params.id),
  )
}
