// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogQuery } from '../../src/protocol/api-log.ts'
import { callOk } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'

const openapi = suite('/api/openapi.json')

interface Operation {
  readonly description: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>
}

interface Schema {
  readonly type?: string
  readonly properties?: object
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly securitySchemes: object }
}

/** The API as it was promised: each operation and the role it needs. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'GET /health': 'no key',
  'GET /metrics': 'viewer',
  'GET /api/openapi.json': 'viewer',
  'GET /api/v1/activity-log': 'viewer',
  'DELETE /api/v1/activity-log': 'admin',
  'GET /api/v1/activity-log/{id}': 'viewer',
  'GET /api/v1/activity-log/actions': 'viewer',
  'GET /api/v1/activity-log/export': 'admin',
  'POST /api/v1/activity-log/prune': 'admin',
  'GET /api/v1/activity-log/settings': 'viewer',
  'GET /api/v1/activity-log/stats': 'viewer',
  'POST /api/v1/activity-log/verify': 'admin',
  'PUT /api/v1/activity-log/settings': 'admin',
  'GET /api/v1/discovered': 'viewer',
  'POST /api/v1/discovered': 'operator',
  'GET /api/v1/discovery': 'viewer',
  'POST /api/v1/devices/{id}/identify': 'operator',
  'GET /api/v1/system/backup': 'admin',
  'GET /api/v1/keys': 'admin',
  'POST /api/v1/keys': 'admin',
  'DELETE /api/v1/keys/{id}': 'admin',
  'POST /api/v1/scenes/{id}/apply': 'operator',
  'GET /api/v1/targets/{id}/stats': 'viewer',
  'POST /api/v1/targets/{id}/try': 'operator',
  'POST /api/v1/targets/{id}/calibration': 'operator',
  'DELETE /api/v1/targets/{id}/calibration': 'operator',
  'POST /api/v1/targets/{id}/start': 'operator',
  'POST /api/v1/targets/{id}/stop': 'operator',
  ...Object.fromEntries(
    ['devices', 'sources', 'targets', 'scenes'].flatMap((noun) => [
      [`GET /api/v1/${noun}`, 'viewer'],
      [`POST /api/v1/${noun}`, 'operator'],
      [`GET /api/v1/${noun}/{id}`, 'viewer'],
      [`PUT /api/v1/${noun}/{id}`, 'operator'],
      [`DELETE /api/v1/${noun}/{id}`, 'operator'],
    ]),
  ),
}

async function readDocument(url: string): Promise<Document> {
  return (await callOk(url, 'GET', '/api/openapi.json')) as unknown as Document
}

function operationsOf({ paths }: Document): readonly (readonly [string, Operation])[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  )
}

openapi('names every route with the role it needs, and no other', async () => {
  await withInProcess(async ({ url }) => {
    const document = await readDocument(url)
    assert.is(document.openapi, '3.1.0')
    assert.is(document.info.title, 'LedGrab')
    const shown = operationsOf(document).map(([name, { description }]) => [
      name,
      /the role (\w+)/.exec(description)?.[1] ?? 'no key',
    ])
    assert.equal(Object.fromEntries(shown), OPERATIONS)
    assert.is(shown.length, Object.keys(OPERATIONS).length)
  })
})

openapi('declares what each operation takes and answers (OpenAPI 3.1 §4.8.10)', async () => {
  await withInProcess(async ({ url }) => {
    for (const [name, operation] of operationsOf(await readDocument(url))) {
      const { parameters = [], requestBody, responses, security } = operation
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      assert.equal(
        parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
        inPath,
        `${name}: path parameters`,
      )
      assert.ok(
        parameters.every(({ schema }) => typeof schema === 'object'),
        name,
      )
      assert.equal(security, name === 'GET /health' ? [] : [{ key: [] }], name)

      const takesBody = /^(POST|PUT)/.test(name) && !/\/(start|stop|apply)$/.test(name)
      const body = requestBody?.content['application/json'].schema
      assert.is(body !== undefined, takesBody, `${name}: body`)
      for (const one of body?.oneOf ?? body?.anyOf ?? (body ? [body] : [])) {
        assert.is(one.type, 'object')
        assert.ok(Object.keys(one.properties ?? {}).length > 0, `${name}: fields`)
      }

      const success = Object.keys(responses).find((status) => status.startsWith('2'))
      assert.ok(success, `${name}: what it answers`)
      assert.is(responses[success ?? '']?.content !== undefined, success !== '204', name)
      assert.ok(responses['4XX']?.content && responses['5XX']?.content, `${name}: errors`)
      assert.ok(Object.values(responses).every(({ description }) => description !== undefined))
    }
  })
})

openapi('declares each query parameter of the log', async () => {
  await withInProcess(async ({ url }) => {
    const { paths } = await readDocument(url)
    const inQuery = (paths['/api/v1/activity-log']?.get?.parameters ?? [])
      .filter((parameter) => parameter.in === 'query')
      .map(({ name }) => name)
    assert.equal(inQuery.sort(), Object.keys(LogQuery.shape).sort())
  })
})

openapi('needs nothing from elsewhere: no reference is left open', async () => {
  await withInProcess(async ({ url }) => {
    assert.not.match(JSON.stringify(await readDocument(url)), /"\$ref"/)
  })
})

openapi.run()
