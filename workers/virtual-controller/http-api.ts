import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { StatePatch } from './led-strip.ts'
import { parsePostedState } from './state-patch.ts'

/** WLED refuses longer ones. */
const MAX_BODY_BYTES = 16_384
const MAX_CONNECTIONS = 64
const REQUEST_TIMEOUT_MS = 10_000
/** `wled: const.h`, ERR_NOT_IMPL and ERR_JSON. */
const ERROR_NOT_IMPLEMENTED = 3
const ERROR_JSON = 9
const STATE_PATHS: readonly string[] = ['/json', '/json/state', '/json/si']

/** What the HTTP side needs of a controller. */
export interface ApiSubject {
  readonly isPlugged: boolean
  plug(): void
  unplug(): void
  setState(patch: StatePatch): void
  /** The body of `GET path`; undefined where there is none. */
  view(path: string): object | undefined
}

/** WLED's `/json` API, and `/virtual/plug` and `/virtual/unplug`, which answer even when unplugged. */
export function createHttpApi(subject: ApiSubject): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    handle(subject, request, response).catch(() => request.socket.destroy())
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

async function handle(
  subject: ApiSubject,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (request.method === 'POST' && path === '/virtual/plug') {
    subject.plug()
    sendJson(response, 200, { plugged: true })
  } else if (request.method === 'POST' && path === '/virtual/unplug') {
    subject.unplug()
    sendJson(response, 200, { plugged: false })
  } else if (!subject.isPlugged) {
    request.socket.destroy()
  } else if (request.method === 'POST' && STATE_PATHS.includes(path)) {
    await postState(subject, request, response, path)
  } else if (request.method === 'GET') {
    sendView(subject, response, path)
  } else {
    sendNotFound(response, path)
  }
}

async function postState(
  subject: ApiSubject,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const body = await readBody(request)
  // The plug may have been pulled while the body came.
  if (!subject.isPlugged) {
    request.socket.destroy()
    return
  }
  if (body === undefined) {
    response.setHeader('connection', 'close')
    sendJson(response, 413, { error: ERROR_JSON })
    return
  }
  const posted = parsePostedState(body)
  if (posted === undefined) {
    sendJson(response, 400, { error: ERROR_JSON })
    return
  }
  subject.setState(posted.patch)
  if (posted.wantsState) sendView(subject, response, path)
  else sendJson(response, 200, { success: true })
}

/** Undefined when it is too long; the rest is then read and dropped, so that the answer gets through. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else resolve(undefined)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client went away')))
  })
}

function sendView(subject: ApiSubject, response: ServerResponse, path: string): void {
  const view = subject.view(path)
  if (view) sendJson(response, 200, view)
  else sendNotFound(response, path)
}

function sendNotFound(response: ServerResponse, path: string): void {
  if (path.startsWith('/json')) sendJson(response, 501, { error: ERROR_NOT_IMPLEMENTED })
  else sendJson(response, 404, { error: 'not found' })
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
