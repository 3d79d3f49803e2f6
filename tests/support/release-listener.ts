import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReleaseRequest {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** WLED's HTTP side as far as a release needs it; `isMute` takes requests and never answers. */
export class ReleaseListener {
  readonly requests: ReleaseRequest[] = []
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
    server.unref()
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

export async function startReleaseListener({ isMute = false } = {}): Promise<ReleaseListener> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      listener.requests.push({ method: request.method ?? '', path: request.url ?? '', body })
      if (!isMute) response.end('{"success":true}')
    })
  })
  const listener = new ReleaseListener(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return listener
}
