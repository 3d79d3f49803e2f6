import type { LogPage } from '../../src/protocol/api-log.ts'
import { waitFor } from './wait-for.ts'

export interface Answer {
  readonly status: number
  // Tests assert on the fields they expect.
  readonly body: Record<string, unknown>
}

/** Calls the API of a running server. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

/** As `call`, and fails the test unless it went well. */
export async function callOk(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await call(url, method, path, body)
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A page of the log. `query` as in the address: `actions=server_started`. */
export async function readLog(url: string, query = ''): Promise<LogPage> {
  return (await callOk(url, 'GET', `/api/v1/activity-log?limit=200&${query}`)) as unknown as LogPage
}

/** Resolves once at least `count` entries of the action are in the log. */
export async function waitForEntries(url: string, action: string, count: number, timeoutMs = 10_000) {
  return await waitFor(
    async () => {
      const { entries } = await readLog(url, `actions=${action}`)
      return entries.length >= count && entries
    },
    `${count} × ${action}`,
    timeoutMs,
  )
}
