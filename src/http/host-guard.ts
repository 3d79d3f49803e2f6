import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { LedGrabError } from '../errors.ts'
import { boundText } from '../protocol/text.ts'

export interface HostGuardOptions {
  /** `server.allowed_hosts` */
  readonly allowedHosts: readonly string[]
  /** `server.allowed_origins` */
  readonly allowedOrigins: readonly string[]
  /** Default: this machine's. */
  readonly machineName?: string
}

/**
 * Refuses requests that a foreign web page could have made: by DNS rebinding (its own name in
 * `Host`) or across sites (its own address in `Origin`).
 */
export class HostGuard {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>

  constructor(options: HostGuardOptions) {
    const machine = (options.machineName ?? hostname()).toLowerCase()
    const bare = machine.split('.')[0] ?? machine
    this.#hosts = new Set([
      'localhost',
      // A machine without a name has none to be called by.
      ...(bare === '' ? [] : [bare, `${bare}.local`, machine]),
      ...options.allowedHosts.map((host) => host.toLowerCase()),
    ])
    this.#origins = new Set(options.allowedOrigins.map((origin) => origin.toLowerCase()))
  }

  /** Why the request must be refused, or undefined: `LG_AUTH_HOST_REJECTED`, `LG_AUTH_ORIGIN_REJECTED`. */
  findProblem(request: Pick<IncomingMessage, 'headers'>): LedGrabError | undefined {
    const { host = '', origin } = request.headers
    if (!this.#isOwnHost(host)) {
      const shown = boundText(host, 100)
      return new LedGrabError(
        'LG_AUTH_HOST_REJECTED',
        `this server does not answer to the host name "${shown}"; use its IP address, or add the name to server.allowed_hosts`,
        { field: 'Host' },
      )
    }
    if (origin === undefined || this.#isOwnOrigin(origin, host)) return undefined
    return new LedGrabError(
      'LG_AUTH_ORIGIN_REJECTED',
      `a page of ${boundText(origin, 100)} may not call this server; add it to server.allowed_origins if it should`,
      { field: 'Origin' },
    )
  }

  #isOwnHost(header: string): boolean {
    const name = hostNameOf(header)
    return name !== undefined && (isIP(name) !== 0 || this.#hosts.has(name))
  }

  #isOwnOrigin(origin: string, host: string): boolean {
    const lower = origin.toLowerCase()
    return (
      lower === `http://${host.toLowerCase()}` ||
      lower === `https://${host.toLowerCase()}` ||
      this.#origins.has(lower)
    )
  }
}

/** The name in a `Host` header without its port, brackets and trailing dot; undefined if malformed. */
function hostNameOf(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header)
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '')
}
