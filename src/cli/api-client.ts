import type { Command } from 'commander'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { ErrorBody } from '../protocol/api-fields.ts'

export interface ApiFlags {
  readonly url?: string
  readonly key?: string
}

const DEFAULT_URL = 'http://127.0.0.1:8080'
const TIMEOUT_MS = 10_000

/** The options of every command that talks to a running server. */
export function addApiOptions(command: Command): Command {
  return command
    .option('--url <url>', `address of the server (default: LEDGRAB_URL, or ${DEFAULT_URL})`)
    .option('--key <key>', 'API key (default: LEDGRAB_KEY)')
}

/**
 * Calls the API and returns the answer's body.
 *
 * @throws `LG_SERVER_UNREACHABLE`; `LG_CLI_FAILED` with the server's own words
 */
export async function callApi(
  flags: ApiFlags,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const base = flags.url ?? process.env.LEDGRAB_URL ?? DEFAULT_URL
  const key = flags.key ?? process.env.LEDGRAB_KEY
  let response: Response
  try {
    response = await fetch(new URL(path, base), {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    throw new LedGrabError(
      'LG_SERVER_UNREACHABLE',
      `no server answers at ${base} (${reasonOf(cause)}); start it, name it with --url, or use --data-dir on a stopped one`,
      { cause },
    )
  }
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  const error = ErrorBody.safeParse(answer)
  throw new LedGrabError(
    'LG_CLI_FAILED',
    error.success ? error.data.message : `the server answered ${response.status}`,
  )
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : toErrorMessage(cause)
}
