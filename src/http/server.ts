import type { AddressInfo } from 'node:net'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  LogController,
  type RouteOptions,
} from 'fastify'
import {
  createJsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ANONYMOUS_ACTOR, runAs } from '../activity/actor.ts'
import { LedGrabError } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import type { JsonObject } from '../protocol/activity.ts'
import { ErrorBody } from '../protocol/api-fields.ts'
import { hasRole, type Role } from '../protocol/server-events.ts'
import { boundText } from '../protocol/text.ts'
import { AuthError, bearerToken, type Identity, toRefusal } from './access.ts'
import type { App } from './app.ts'
import { answerError, answerNonsense } from './error-answer.ts'
import { addPageRoutes } from './page.ts'
import { addActivityRoutes } from './routes/activity-log.ts'
import { addDeviceRoutes } from './routes/devices.ts'
import { addKeyRoutes } from './routes/keys.ts'
import { addLogUpkeepRoutes } from './routes/log-upkeep.ts'
import { addSceneRoutes } from './routes/scenes.ts'
import { addSourceRoutes } from './routes/sources.ts'
import { addSystemRoutes } from './routes/system.ts'
import { addTargetRoutes } from './routes/targets.ts'
import type { Services } from './services.ts'

const MAX_BODY_BYTES = 1024 * 1024
const EVENTS_PATH = '/api/v1/events/ws'
const KEY_SCHEME = 'key'
const NoParameters = z.strictObject({})

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; `public` needs no key. A route that forgets it is for admins only. */
    readonly role?: Role | 'public'
  }
  interface FastifyRequest {
    identity: Identity | undefined
  }
}

export interface HttpOptions {
  readonly host: string
  readonly port: number
  readonly logger: Logger
  readonly services: Services
}

/** The HTTP side of the server: API, and the upgrade to the event socket. */
export class HttpServer implements Part {
  readonly #options: HttpOptions
  #app: App | undefined
  #url = ''
  #isStopping = false

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** `http://HOST:PORT`, with the port that was really taken. */
  get url(): string {
    return this.#url
  }

  /** @throws `LG_SERVER_PORT_IN_USE`, `LG_SERVER_ADDRESS_UNAVAILABLE` */
  async start(): Promise<void> {
    const app = await this.#createApp()
    this.#app = app
    const { host, port } = this.#options
    try {
      await app.listen({ host, port })
    } catch (cause) {
      throw toListenError(cause, host, port)
    }
    const { address, port: taken, family } = app.server.address() as AddressInfo
    this.#url = `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
  }

  /** From now on new requests are answered with 503. */
  refuseNew(): void {
    this.#isStopping = true
  }

  async stop(): Promise<void> {
    this.refuseNew()
    await this.#app?.close()
  }

  async #createApp(): Promise<App> {
    const app = Fastify({
      loggerInstance: this.#options.logger as FastifyBaseLogger,
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: MAX_BODY_BYTES,
      forceCloseConnections: true,
      // A slow client must not hold a connection for ever.
      requestTimeout: 30_000,
      // What is wrong before there is a route, such as `%zz` in a path.
      frameworkErrors: answerError,
      clientErrorHandler: answerNonsense,
    }).withTypeProvider<ZodTypeProvider>()
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
    // Bodies are JSON; `text/plain` is what a foreign page may send without asking first.
    app.removeContentTypeParser('text/plain')
    app.setErrorHandler(answerError)
    app.setNotFoundHandler((request, reply) => {
      answerError(
        new LedGrabError(
          'LG_ROUTE_NOT_FOUND',
          `there is no ${request.method} ${boundText(request.url, 200)}`,
        ),
        request,
        reply,
      )
    })
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
        },
      },
      // Served over plain HTTP on a home network: there is nothing to upgrade to.
      strictTransportSecurity: false,
    })
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'LedGrab', version: this.#options.services.version },
        components: { securitySchemes: { [KEY_SCHEME]: { type: 'http', scheme: 'bearer' } } },
      },
      transform: createJsonSchemaTransform({}),
    })
    app.addHook('onRoute', completeSchema)
    app.decorateRequest('identity', undefined)
    // A callback, not an async function: only so does the actor reach the handler (measured).
    app.addHook('onRequest', (request, reply, done) => this.#admit(request, reply, done))
    this.#addRoutes(app)
    await addPageRoutes(app)
    this.#addUpgrade(app)
    await app.ready()
    return app
  }

  #addRoutes(app: App): void {
    const { services } = this.#options
    addSystemRoutes(app, services)
    addActivityRoutes(app, services)
    addLogUpkeepRoutes(app, services)
    addDeviceRoutes(app, services)
    addSourceRoutes(app, services)
    addTargetRoutes(app, services)
    addSceneRoutes(app, services)
    addKeyRoutes(app, services)
  }

  /** Sets the actor on every evaluation, refused ones included, and lets in whom the route admits. */
  #admit(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
    let identity: Identity | undefined
    let problem: Error | undefined
    try {
      if (this.#isStopping) throw new LedGrabError('LG_THREAD_STOPPED', 'the server is stopping')
      identity = this.#evaluate(request)
    } catch (cause) {
      problem = cause instanceof Error ? cause : new Error(String(cause))
    }
    request.identity = identity
    runAs(identity?.actor ?? ANONYMOUS_ACTOR, () => done(problem), originOf(request))
  }

  #evaluate(request: FastifyRequest): Identity | undefined {
    const { guard, access, rejections } = this.#options.services
    const address = request.socket.remoteAddress ?? ''
    const misdirected = guard.findProblem(request.raw)
    if (misdirected) {
      const action = misdirected.code === 'LG_AUTH_HOST_REJECTED' ? 'host_rejected' : 'origin_rejected'
      rejections.reject({
        action,
        address,
        reason: misdirected.message,
        metadata: { request: originOf(request) },
      })
      throw misdirected
    }
    // That there is no such route is for everybody to know who may read.
    const { role = request.is404 ? 'viewer' : 'admin' } = request.routeOptions.config
    if (role === 'public') return undefined
    const token = bearerToken(request.headers.authorization)
    let identity: Identity
    try {
      identity = access.identify(token, request.raw)
    } catch (cause) {
      if (cause instanceof AuthError) throw toRefusal(cause, rejections, address, originOf(request))
      throw cause
    }
    if (hasRole(identity.role, role)) return identity
    rejections.reject({
      action: 'access_denied',
      address,
      actor: identity.actor,
      reason: `the key "${identity.actor}" is a ${identity.role}'s, and this needs the role ${role}`,
      metadata: { role: identity.role, needed_role: role, request: originOf(request) },
    })
    throw new LedGrabError('LG_AUTH_FORBIDDEN', `this needs a key with the role ${role}`)
  }

  #addUpgrade(app: App): void {
    const { hub, guard, rejections } = this.#options.services
    app.server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      if (request.url?.split('?')[0] !== EVENTS_PATH) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return
      }
      const problem = guard.findProblem(request)
      if (problem) {
        const action = problem.code === 'LG_AUTH_HOST_REJECTED' ? 'host_rejected' : 'origin_rejected'
        const address = request.socket.remoteAddress ?? ''
        const origin = { address, route: `GET ${EVENTS_PATH}` }
        rejections.reject({ action, address, reason: problem.message, metadata: { request: origin } })
      }
      hub.handleUpgrade(request, socket, head, problem)
    })
  }
}

/** What an entry says about where a request came from. */
function originOf(request: FastifyRequest): JsonObject {
  return {
    id: request.id,
    address: request.socket.remoteAddress ?? '',
    user_agent: boundText(request.headers['user-agent'] ?? '', 200),
    // Without the query: people put keys there by mistake.
    route: `${request.method} ${request.routeOptions.url ?? boundText(request.url.split('?')[0] ?? '', 200)}`,
  }
}

/** What all routes have in common: no parameters but their own, the one shape of errors, a key. */
function completeSchema(route: RouteOptions): void {
  const { role = 'admin' } = route.config ?? {}
  const { response = {}, ...schema } = (route.schema ?? {}) as FastifySchema & { response?: object }
  route.schema = {
    querystring: NoParameters,
    security: role === 'public' ? [] : [{ [KEY_SCHEME]: [] }],
    description: role === 'public' ? 'Needs no key.' : `Needs a key with the role ${role}.`,
    ...schema,
    response: { ...response, '4xx': ErrorBody, '5xx': ErrorBody },
  }
}

function toListenError(cause: unknown, host: string, port: number): LedGrabError {
  const code = (cause as { code?: unknown }).code
  if (code === 'EADDRINUSE') {
    return new LedGrabError(
      'LG_SERVER_PORT_IN_USE',
      `port ${port} on ${host} is in use; stop the program that has it, or choose another with --port`,
      { cause },
    )
  }
  return new LedGrabError(
    'LG_SERVER_ADDRESS_UNAVAILABLE',
    `cannot listen on ${host}:${port} (${String(code)}); choose an address of this machine with --host`,
    { cause },
  )
}
