import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { readVersion } from '../lib/version.ts'
import { ErrorBody } from '../protocol/api-fields.ts'
import { neutralizeText } from '../protocol/text.ts'

export interface ApiFlags {
  readonly url?: string
  readonly key?: string
  readonly config?: string
}

/** Where a running server is, and who asks. */
export interface ApiAddress {
  readonly url: string
  readonly key: string | undefined
}

export interface CallOptions {
  readonly body?: object
  /** For the whole answer; null: as long as it takes. Default: 10,000. */
  readonly timeoutMs?: number | null
  readonly signal?: AbortSignal
}

/** How the log tells requests of this command from those of a browser. */
export const USER_AGENT = `ledgrab/${readVersion()}`
const TIMEOUT_MS = 10_000
/** A connection that is silent for so long is asked whether it is still there. */
const KEEP_ALIVE_MS = 30_000
const MAX_ERROR_BYTES = 64 * 1024

/** The options of every command that talks to a running server. */
export function addApiOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (default: LEDGRAB_URL, or as configured)')
    .option('--key <key>', 'API key (default: LEDGRAB_KEY)')
    .option('--config <file>', "the server's configuration file, to find its address")
}

/**
 * The server that flags, environment or configuration name, in this order.
 *
 * @throws `LG_CONFIG_INVALID` for what is no address; `LG_CONFIG_…` when only the configuration could say, and cannot
 */
export function toApiAddress(flags: ApiFlags): ApiAddress {
  // A variable that is set to nothing is one that somebody took back.
  const { LEDGRAB_URL: url = '', LEDGRAB_KEY: key = '' } = process.env
  const address = flags.url ?? (url || configuredUrl(flags.config))
  if (!isHttpAddress(address)) {
    const name = flags.url === undefined ? 'LEDGRAB_URL' : '--url'
    throw new LedGrabError(
      'LG_CONFIG_INVALID',
      `${name}: ${address} is no address such as http://127.0.0.1:8080`,
    )
  }
  return { url: address, key: flags.key ?? (key || undefined) }
}

function isHttpAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}

function configuredUrl(file: string | undefined): string {
  const { host, port } = loadConfig({ file, env: process.env, flags: {} }).server
  // "All addresses" is none to connect to.
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
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
  return await callServer(toApiAddress(flags), method, path, body && { body })
}

/** As `callApi`, on an address that is already known. */
export async function callServer(
  address: ApiAddress,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<unknown> {
  const response = await openAnswer(address, method, path, options)
  try {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    return text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw notLedGrab(cause)
    throw toUnreachable(address, cause)
  }
}

/**
 * Calls the API and returns the answer as it begins to arrive. Whoever reads it must expect that it
 * breaks off.
 *
 * @throws as `callApi`
 */
export async function openAnswer(
  address: ApiAddress,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<IncomingMessage> {
  const response = await send(address, method, path, options).catch((cause: unknown) => {
    throw toUnreachable(address, cause)
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  throw new LedGrabError('LG_CLI_FAILED', await readRefusal(response))
}

/** The server's own words for why it refuses. */
export async function readRefusal(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk
      if (text.length > MAX_ERROR_BYTES) break
    }
    const error = ErrorBody.safeParse(JSON.parse(text))
    if (error.success) return neutralizeText(error.data.message)
  } catch {
    // Not an answer of ours: its status is all there is to tell.
  }
  return `the server answered ${response.statusCode}; check --url`
}

export function notLedGrab(cause?: unknown): LedGrabError {
  return new LedGrabError('LG_CLI_FAILED', 'what answers there is not a LedGrab server; check --url', {
    cause,
  })
}

export function toUnreachable({ url }: ApiAddress, cause: unknown): LedGrabError {
  return new LedGrabError(
    'LG_SERVER_UNREACHABLE',
    `no server answers at ${url} (${reasonOf(cause)}); start it, or name it with --url; the commands log and keys read the files of a stopped one (--data-dir)`,
    { cause },
  )
}

// Not `fetch`: it gives up on an answer that takes longer than 5 minutes to begin.
async function send(
  { url, key }: ApiAddress,
  method: string,
  path: string,
  { body, timeoutMs = TIMEOUT_MS, signal }: CallOptions,
): Promise<IncomingMessage> {
  const target = new URL(path, url)
  const text = body && JSON.stringify(body)
  const signals = [
    ...(timeoutMs === null ? [] : [AbortSignal.timeout(timeoutMs)]),
    ...(signal === undefined ? [] : [signal]),
  ]
  return await new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(
      target,
      {
        method,
        headers: {
          'user-agent': USER_AGENT,
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
        },
        signal: AbortSignal.any(signals),
      },
      resolve,
    )
    request.once('error', reject)
    request.setSocketKeepAlive(true, KEEP_ALIVE_MS)
    request.end(text)
  })
}

/** An attempt at several addresses of one name fails with a code and no message. */
function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return toErrorMessage(reason) || String((reason as { readonly code?: unknown }).code)
}
