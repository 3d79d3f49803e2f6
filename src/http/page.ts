import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { PAGE_PATHS } from '../protocol/page-paths.ts'
import type { App } from './app.ts'

/** The build of `src/web`: beside this file's build, and in `dist/` of the sources. */
const WEB_FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web' : '../../web', import.meta.url),
)
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000
const NOT_BUILT = 'The page of LedGrab is not built. Run: node bin/setup.js --build\n'

const Anything = z.looseObject({})
const AssetParams = z.object({ file: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/) })
/** Who loads the page proves nothing yet; its data need a key. */
const config = { role: 'public' } as const

/**
 * Serves the page: one document under each of its paths, and the hashed files it asks for, which a
 * browser may keep for ever. Compressed by the build.
 */
export async function addPageRoutes(app: App, folder = WEB_FOLDER): Promise<void> {
  const assets = join(folder, 'assets')
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true })

  for (const path of PAGE_PATHS) {
    // Filters live in the query of the page's address: they are for the page to read.
    app.get(path, { config, schema: { hide: true, querystring: Anything } }, (_request, reply) =>
      sendDocument(reply as FastifyReply, folder),
    )
  }

  app.get(
    '/assets/:file',
    { config, schema: { hide: true, params: AssetParams, querystring: Anything } },
    ({ params }, reply) =>
      (reply as FastifyReply).sendFile(params.file, assets, { maxAge: YEAR_MS, immutable: true }),
  )
}

function sendDocument(reply: FastifyReply, folder: string): FastifyReply {
  if (!existsSync(join(folder, 'index.html'))) {
    return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
  }
  // Looked at again each time: it names the files of the newest build.
  return reply.sendFile('index.html', folder, { cacheControl: false }).header('cache-control', 'no-cache')
}
