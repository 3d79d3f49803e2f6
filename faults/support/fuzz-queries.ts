import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import type { ScenarioContext } from '../scenario.ts'

const NAMES = [
  'categories',
  'severities',
  'actions',
  'actor',
  'entity_type',
  'entity_id',
  'since',
  'until',
  'q',
  'before_seq',
  'limit',
  'format',
] as const
const PATHS = ['', '/stats', '/actions', '/export', '/settings', '/al_00000000'] as const

const cursor = fc.oneof(
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.constantFrom('0', '-0', '00', '0x10', '1e3', ' 1', '9007199254740993', 'NaN', 'null', '', '१'),
)
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-11-23', '+275760-09-13T00:00:00.001Z', 'now'),
)
const value = fc.oneof(
  cursor,
  time,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('info', 'device,,auth', 'csv', '%', '_', "' or 1=1 --", '[]', '{}', '\0'),
)
/** Escaped as it must be, or not at all as long as it can still be sent. */
const pair = fc
  .tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 20 })), value, fc.boolean())
  .map(([name, raw, isEscaped]) => {
    const plain = `${name}=${raw}`
    const escaped = `${encodeURIComponent(name)}=${encodeURIComponent(raw)}`
    return isEscaped ? escaped : plain.replace(/[^\x21-\x7e]|#/g, '%')
  })
const query = fc.tuple(fc.constantFrom(...PATHS), fc.array(pair, { maxLength: 6 }))

/** As it is, where `fetch` would mend it. */
async function ask(url: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname: host, port } = new URL(url)
  const [response] = (await once(get({ host, port, path }), 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: await text(response) }
}

/** Asks for pages, figures and exports with what no client of ours would send. */
export async function fuzzQueries(
  url: string,
  { cycles, seed, tally }: ScenarioContext,
  onCase: () => void,
): Promise<number> {
  const queries = fc.sample(query, { numRuns: cycles, seed })
  for (const [path, pairs] of queries) {
    const asked = `/api/v1/activity-log${path}?${pairs.join('&')}`
    await tally.attempt(asked, async () => {
      const { status, body } = await ask(url, asked)
      tally.check(status < 500, `${status} for ${asked}`)
      // Every refusal has its one shape; one of HTTP itself, too.
      if (status >= 400) tally.check('message' in JSON.parse(body), `no reason for ${asked}`)
    })
    onCase()
  }
  return queries.length
}
