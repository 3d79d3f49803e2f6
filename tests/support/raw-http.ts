import { once } from 'node:events'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Default: a connection of its own. */
  readonly agent?: Agent
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

/** A request with headers that `fetch` would not let through, such as `Host`, or over one connection. */
export async function rawCall(url: string, options: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  const outgoing = request({
    host: hostname,
    port,
    method: options.method ?? 'GET',
    path: options.path,
    agent: options.agent ?? false,
    headers: {
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
      ...options.headers,
    },
  })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const answer = await text(response)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: answer === '' ? {} : JSON.parse(answer),
  }
}
