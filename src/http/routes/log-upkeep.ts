import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { z } from 'zod'
import {
  ClearReport,
  ExportQuery,
  PruneOrder,
  PruneReport,
  VerifyOrder,
  VerifyReport,
} from '../../protocol/api-log.ts'
import type { App } from '../app.ts'
import { sendExport } from '../jobs/export-job.ts'
import { pruneLog } from '../jobs/prune-job.ts'
import { runVerification } from '../jobs/verify-job.ts'
import { leavingSignal } from '../leaving.ts'
import type { Services } from '../services.ts'

const PREFIX = '/api/v1/activity-log'
const admin = { role: 'admin' } as const
const text = { schema: z.string() }
const ExportText = {
  description: 'The entries, oldest first.',
  content: { 'text/csv': text, 'application/json': text, 'application/x-ndjson': text },
}

/** What only an admin does with the log: export, prune, verify, clear. */
export function addLogUpkeepRoutes(app: App, services: Services): void {
  app.get(
    `${PREFIX}/export`,
    {
      config: admin,
      schema: { querystring: ExportQuery, response: { 200: ExportText } },
      // A HEAD request would read the whole log for nothing.
      exposeHeadRoute: false,
    },
    ({ query }, reply) => {
      sendExport(services, query, reply as FastifyReply)
    },
  )

  app.post(
    `${PREFIX}/prune`,
    {
      config: admin,
      preValidation: allowNoBody,
      schema: { body: PruneOrder, response: { 200: PruneReport } },
    },
    async ({ body }, reply) => await pruneLog(services, body, leavingSignal(reply)),
  )

  app.post(
    `${PREFIX}/verify`,
    {
      config: admin,
      preValidation: allowNoBody,
      schema: { body: VerifyOrder, response: { 200: VerifyReport } },
    },
    async ({ body }, reply) => await runVerification(services, body, leavingSignal(reply)),
  )

  app.delete(PREFIX, { config: admin, schema: { response: { 200: ClearReport } } }, async () => ({
    removed: await services.retention.clear(),
  }))
}

/** `POST` without a body means the defaults. */
function allowNoBody(request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void {
  request.body ??= {}
  done()
}
