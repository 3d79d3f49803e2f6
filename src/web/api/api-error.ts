/** An answer of the server that was no success, or none at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number
  /** `LG_…`, or `PAGE_OFFLINE` when no answer came. */
  readonly code: string
  /** The field at fault, as the API names it: `processing.gamma`. */
  readonly field: string | undefined

  constructor(status: number, code: string, message: string, field?: string) {
    super(message)
    this.status = status
    this.code = code
    this.field = field
  }
}

/** What of an error can be shown; anything that was thrown has something. */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  return new ApiError(0, 'PAGE_OFFLINE', cause instanceof Error ? cause.message : String(cause))
}
