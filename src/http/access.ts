import type { IncomingMessage } from 'node:http'
import { ANONYMOUS_ACTOR } from '../activity/actor.ts'
import { LedGrabError } from '../errors.ts'
import type { JsonObject } from '../protocol/activity.ts'
import type { Role } from '../protocol/server-events.ts'
import type { KeyStore } from '../storage/key-store.ts'
import type { RejectionLog } from './rejection-log.ts'

export interface Identity {
  readonly actor: string
  readonly role: Role
  /** The key that says so; undefined where none is needed. */
  readonly keyId?: string
}

/** Why nobody was let in, in the log's words. */
export type AuthProblem = 'no key given' | 'unknown key' | 'revoked key' | 'not from this machine'

export class AuthError extends LedGrabError {
  readonly problem: AuthProblem
  /** Whose key it was, where that is known. */
  readonly keyLabel: string | undefined

  constructor(problem: AuthProblem, message: string, keyLabel?: string) {
    super('LG_AUTH_REQUIRED', message)
    this.problem = problem
    this.keyLabel = keyLabel
  }
}

/**
 * Who a request is. Without keys whoever sits at this machine is `anonymous` and may do everything,
 * and nobody else anything; with keys everybody needs one.
 */
export class Access {
  readonly #keys: KeyStore

  constructor(keys: KeyStore) {
    this.#keys = keys
  }

  get isKeyRequired(): boolean {
    return this.#keys.hasKeys
  }

  /** @throws AuthError (`LG_AUTH_REQUIRED`) */
  identify(token: string | undefined, request: IncomingMessage): Identity {
    if (token !== undefined) {
      const key = this.#keys.find(token)
      if (key) return { actor: key.label, role: key.role, keyId: key.id }
      const revoked = this.#keys.findRevoked(token)
      // One answer for both: that a key was once valid is for the log, not for whoever found it.
      throw new AuthError(
        revoked ? 'revoked key' : 'unknown key',
        'this API key is not valid',
        revoked?.label,
      )
    }
    if (this.#keys.hasKeys) {
      throw new AuthError('no key given', 'an API key is needed: send it as "Authorization: Bearer KEY"')
    }
    if (isFromThisMachine(request)) return { actor: ANONYMOUS_ACTOR, role: 'admin' }
    throw new AuthError(
      'not from this machine',
      'this server has no API keys, so it answers its own machine only; create a key there with "ledgrab keys create"',
    )
  }
}

/** The token of an `Authorization: Bearer` header; undefined when there is no such header. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  return /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? ''
}

/** A proxy on this machine speaks for somebody else, and says so. */
function isFromThisMachine(request: IncomingMessage): boolean {
  const { headers, socket } = request
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false
  const address = socket.remoteAddress ?? ''
  return address === '::1' || /^(?:::ffff:)?127\./.test(address)
}

/** Records a failed attempt, and makes one too many of an address a `LG_AUTH_LIMITED`. */
export function toRefusal(
  problem: AuthError,
  rejections: RejectionLog,
  address: string,
  origin: JsonObject,
): LedGrabError {
  const mustWait = rejections.reject({
    action: 'auth_failed',
    address,
    reason: problem.problem,
    keyLabel: problem.keyLabel,
    metadata: { request: origin },
  })
  return mustWait ? new LedGrabError('LG_AUTH_LIMITED', 'too many failed attempts; wait a minute') : problem
}
