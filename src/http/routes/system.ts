import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { App } from '../app.ts'
import { sendBackup } from '../jobs/backup-job.ts'
import type { Services } from '../services.ts'

const Health = z.object({
  status: z.enum(['healthy', 'degraded']),
  /** Why it is degraded. */
  reason: z.string().optional(),
  timestamp: z.string(),
  version: z.string(),
  /** Whether the API needs a key. */
  auth_required: z.boolean(),
  uptime_seconds: z.number(),
})

const BackupArchive = {
  description: 'A tar of both databases; unpacked into an empty folder it is a data directory.',
  content: { 'application/x-tar': { schema: z.string() } },
}

export function addSystemRoutes(app: App, services: Services): void {
  app.get('/health', { config: { role: 'public' }, schema: { response: { 200: Health } } }, async () => {
    const { outage } = services.recorder
    return {
      status: outage === undefined ? ('healthy' as const) : ('degraded' as const),
      ...(outage !== undefined && {
        reason: `the activity log cannot be written since ${new Date(outage.sinceMs).toISOString()} because ${outage.reason}`,
      }),
      timestamp: new Date().toISOString(),
      version: services.version,
      auth_required: services.access.isKeyRequired,
      uptime_seconds: Math.floor((performance.now() - services.startedMs) / 1_000),
    }
  })

  app.get(
    '/metrics',
    { config: { role: 'viewer' }, schema: { response: { 200: z.string() } } },
    async (_, reply) => {
      reply.type(services.metrics.contentType)
      return await services.metrics.read()
    },
  )

  app.get(
    '/api/v1/system/backup',
    {
      config: { role: 'admin' },
      schema: { response: { 200: BackupArchive } },
      // A HEAD request would copy everything for nothing.
      exposeHeadRoute: false,
    },
    async (_request, reply) => {
      await sendBackup(services, reply as FastifyReply)
      return reply
    },
  )

  app.get(
    '/api/openapi.json',
    { config: { role: 'viewer' }, schema: { response: { 200: z.looseObject({}) } } },
    async () => ({ ...app.swagger() }),
  )
}
