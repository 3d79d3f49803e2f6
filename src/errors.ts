/**
 * Every code a `LedGrabError` can carry. Codes are stable: scripts may match them. Each one
 * has a heading in `docs/errors.md`, which a test checks.
 */
export const ERROR_CODES = [
  'LG_CONFIG_INVALID',
  'LG_CONFIG_UNREADABLE',
  'LG_CLI_FAILED',
  'LG_SERVER_PORT_IN_USE',
  'LG_SERVER_ADDRESS_UNAVAILABLE',
  'LG_SERVER_UNREACHABLE',
  'LG_STORAGE_LOCKED',
  'LG_STORAGE_NEWER',
  'LG_STORAGE_OLDER',
  'LG_STORAGE_SQLITE_TOO_OLD',
  'LG_STORAGE_UNWRITABLE',
  'LG_STORAGE_CORRUPT',
  'LG_ACTIVITY_SETTING_INVALID',
  'LG_THREAD_CRASHED',
  'LG_THREAD_NOT_READY',
  'LG_THREAD_STOPPED',
  'LG_TIMEOUT',
  'LG_AUTH_REQUIRED',
  'LG_AUTH_FORBIDDEN',
  'LG_AUTH_HOST_REJECTED',
  'LG_AUTH_LIMITED',
  'LG_AUTH_ORIGIN_REJECTED',
  'LG_REQUEST_INVALID',
  'LG_REQUEST_TOO_LARGE',
  'LG_REQUEST_UNSUPPORTED_TYPE',
  'LG_ENTITY_NOT_FOUND',
  'LG_ENTITY_NAME_TAKEN',
  'LG_ENTITY_IN_USE',
  'LG_ENTITY_WRONG_STATE',
  'LG_ROUTE_NOT_FOUND',
  'LG_DEVICE_ADDRESS_PUBLIC',
  'LG_DEVICE_ADDRESS_UNRESOLVED',
  'LG_DEVICE_PROBE_FAILED',
  'LG_DEVICE_UNREACHABLE',
  'LG_CAPTURE_UNAVAILABLE',
  'LG_INTERNAL',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface LedGrabErrorOptions {
  readonly cause?: unknown
  /** The request or configuration field at fault, as the user wrote it: `max_days`, `server.port`. */
  readonly field?: string
}

/** The one error class of LedGrab. `message` is a sentence for the user and says what to do. */
export class LedGrabError extends Error {
  override readonly name = 'LedGrabError'
  readonly code: ErrorCode
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, options: LedGrabErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
  }
}

/** An error as plain data. Structured clone keeps a class's message and drops its `code` and `name`. */
export interface PlainError {
  readonly name: string
  readonly code: string
  readonly message: string
}

/** The plain form of anything that was thrown; never throws itself. */
export function toPlainError(thrown: unknown): PlainError {
  if (thrown instanceof Error) {
    const code = (thrown as { code?: unknown }).code
    return {
      name: thrown.name,
      code: typeof code === 'string' ? code : 'LG_INTERNAL',
      message: thrown.message,
    }
  }
  return { name: 'Error', code: 'LG_INTERNAL', message: toErrorMessage(thrown) }
}

/** A printable message of anything that was thrown; never throws itself. */
export function toErrorMessage(thrown: unknown): string {
  try {
    // Errors lose their class on the way between threads.
    const message: unknown =
      typeof thrown === 'object' ? (thrown as { message?: unknown } | null)?.message : undefined
    return typeof message === 'string' ? message : String(thrown)
  } catch {
    return 'unprintable error'
  }
}
