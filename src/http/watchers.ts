import type { IncomingMessage } from 'node:http'
import { boundText } from '../protocol/text.ts'
import { AuthError, type Identity, toRefusal } from './access.ts'
import type { Services } from './services.ts'

/**
 * Who a watcher of the event socket is; recorded, whether it was let in or not.
 *
 * @throws `LG_AUTH_REQUIRED`, `LG_AUTH_LIMITED`
 */
export function identifyWatcher(
  { access, rejections, connections }: Pick<Services, 'access' | 'rejections' | 'connections'>,
  token: string | undefined,
  request: IncomingMessage,
): Identity {
  const address = request.socket.remoteAddress ?? ''
  try {
    const identity = access.identify(token, request)
    const userAgent = boundText(request.headers['user-agent'] ?? '', 200)
    connections.connected(identity, { address, userAgent })
    return identity
  } catch (cause) {
    if (!(cause instanceof AuthError)) throw cause
    throw toRefusal(cause, rejections, address, { address, route: 'event socket' })
  }
}
