import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, LedGrabError } from '../errors.ts'

const STATUS_BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  LG_AUTH_REQUIRED: 401,
  LG_AUTH_FORBIDDEN: 403,
  LG_AUTH_HOST_REJECTED: 403,
  LG_AUTH_ORIGIN_REJECTED: 403,
  LG_AUTH_LIMITED: 429,
  LG_REQUEST_INVALID: 400,
  LG_REQUEST_TOO_LARGE: 413,
  LG_REQUEST_UNSUPPORTED_TYPE: 415,
  LG_DEVICE_ADDRESS_PUBLIC: 400,
  LG_DEVICE_PROBE_FAILED: 502,
  LG_DEVICE_UNREACHABLE: 502,
  LG_DEVICE_ADDRESS_UNRESOLVED: 400,
  LG_ENTITY_NOT_FOUND: 404,
  LG_ROUTE_NOT_FOUND: 404,
  LG_ENTITY_NAME_TAKEN: 409,
  LG_ENTITY_IN_USE: 409,
  LG_ENTITY_WRONG_STATE: 409,
  LG_CAPTURE_UNAVAILABLE: 503,
  LG_THREAD_CRASHED: 503,
  LG_THREAD_NOT_READY: 503,
  LG_THREAD_STOPPED: 503,
  LG_TIMEOUT: 503,
}

/** What `fastify-type-provider-zod` makes of a zod issue. */
interface ValidationIssue {
  /** zod's code, such as `unrecognized_keys`. */
  readonly keyword?: string
  /** Path with slashes, `/processing/gamma`. */
  readonly instancePath?: string
  readonly message?: string
  readonly params?: { readonly keys?: readonly string[] }
}

/** Answers with the one shape of errors: `{code, message, field?}`. */
export function answerError(
  error: FastifyError | LedGrabError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const known = toKnownError(error)
  const status = STATUS_BY_CODE[known.code] ?? 500
  if (status === 500) request.log.error({ err: error }, 'a request failed')
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="LedGrab"')
  if (status === 429) reply.header('Retry-After', '60')
  void reply.code(status).send({
    code: known.code,
    // What went wrong inside is for the server log, not for a client.
    message: status === 500 ? 'internal error; the server log has the details' : known.message,
    ...(known.field !== undefined && { field: known.field }),
  })
}

/** Answers what is not even HTTP, and ends the connection: nobody knows where its next request begins. */
export function answerNonsense(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const body = JSON.stringify({
    code: 'LG_REQUEST_INVALID',
    message: 'this is not an HTTP request the server understands',
  })
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

function toKnownError(error: FastifyError | LedGrabError): LedGrabError {
  if (error instanceof LedGrabError) return error
  if (error.validation)
    return toInvalid(error.validation as unknown as readonly ValidationIssue[], error.validationContext)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new LedGrabError('LG_REQUEST_TOO_LARGE', 'the body is larger than 1 MiB')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new LedGrabError(
        'LG_REQUEST_UNSUPPORTED_TYPE',
        'the body must be JSON (Content-Type: application/json)',
      )
    default:
      // Fastify's own complaints about a malformed request: not JSON, empty JSON body, bad URL.
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new LedGrabError('LG_REQUEST_INVALID', error.message, { cause: error })
        : new LedGrabError('LG_INTERNAL', error.message, { cause: error })
  }
}

function toInvalid(issues: readonly ValidationIssue[], context: string | undefined): LedGrabError {
  const [issue] = issues
  const path = (issue?.instancePath ?? '').split('/').filter((part) => part !== '')
  // A list in a query is one parameter, whichever of its items is wrong.
  const shown = context === 'querystring' ? path.slice(0, 1) : path
  const unknown = issue?.keyword === 'unrecognized_keys' ? issue.params?.keys?.[0] : undefined
  const field = [...shown, ...(unknown === undefined ? [] : [unknown])].join('.')
  const message =
    unknown === undefined ? (issue?.message ?? 'invalid') : 'there is no such field or parameter'
  return new LedGrabError(
    'LG_REQUEST_INVALID',
    field ? `${field}: ${message}` : message,
    field ? { field } : {},
  )
}
