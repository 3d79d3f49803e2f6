// shares the machine
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ActivityEntry, ENTRY_FIELDS } from '../../src/protocol/activity.ts'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { addDevice } from '../support/entities.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'

const exporting = suite('GET /api/v1/activity-log/export')

const EXPORT = '/api/v1/activity-log/export'

/** The response with its body still to come. */
async function startExport(url: string, query: string): Promise<IncomingMessage> {
  const outgoing = request(new URL(`${EXPORT}?${query}`, url), { agent: false })
  outgoing.on('error', () => {})
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  return response
}

async function exportText(url: string, query: string): Promise<string> {
  const response = await startExport(url, query)
  assert.is(response.statusCode, 200)
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** RFC 4180 §2, read the strict way. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text)
    if (!match) throw new Error(`not CSV: ${text.slice(cell.lastIndex, 80)}`)
    records.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '\r\n') records.push([])
  }
  assert.equal(records.pop(), [], 'the last line ends too')
  return records
}

exporting('gives the same entries as the list in JSON and NDJSON, oldest first', async () => {
  await withInProcess(async ({ url }) => {
    for (const name of ['Größe "💡"', 'Küche, hinten']) await addDevice(url, { name })
    const expected = [...(await readLog(url)).entries].reverse()
    assert.equal(JSON.parse(await exportText(url, 'format=json')), expected)
    await waitForEntries(url, 'activity_log_exported', 1)
    const lines = (await exportText(url, 'format=ndjson')).split('\n')
    assert.is(lines.pop(), '', 'each line ends')
    const entries = lines.map((line) => JSON.parse(line) as ActivityEntry)
    assert.equal(entries.slice(0, 3), expected)
    assert.equal(entries[3]?.action, 'activity_log_exported')
    assert.equal(Object.keys(entries[0] ?? {}), [...ENTRY_FIELDS])
  })
})

exporting('is CSV by RFC 4180, with metadata as JSON and a guard against formulas', async () => {
  const names = ['=1+1', '+49', '-x', '@SUM(A1)', 'plain', 'a "quoted", name', '＝wide']
  await withInProcess(async ({ url }) => {
    for (const name of names) await addDevice(url, { name })
    const entries = [...(await readLog(url)).entries].reverse()
    const text = await exportText(url, 'format=csv')
    assert.ok(text.startsWith(`${ENTRY_FIELDS.join(',')}\r\n`))
    const [, ...records] = parseCsv(text)
    assert.is(records.length, entries.length)
    const column = (field: (typeof ENTRY_FIELDS)[number]): readonly (string | undefined)[] =>
      records.map((record) => record[ENTRY_FIELDS.indexOf(field)])
    assert.equal(column('entity_name').slice(1), [
      "'=1+1",
      "'+49",
      "'-x",
      "'@SUM(A1)",
      'plain',
      'a "quoted", name',
      '＝wide',
    ])
    assert.equal(
      column('metadata').map((cell) => JSON.parse(cell ?? '')),
      entries.map(({ metadata }) => metadata),
    )
    assert.is(column('entity_id')[0], '', 'null is an empty cell')
    assert.equal(
      column('ts'),
      entries.map(({ ts }) => ts),
    )
  })
})

exporting('is named after its time, for the file it becomes', async () => {
  await withInProcess(async ({ url }) => {
    for (const [format, type] of [
      ['csv', 'text/csv; charset=utf-8; header=present'],
      ['json', 'application/json; charset=utf-8'],
      ['ndjson', 'application/x-ndjson; charset=utf-8'],
    ]) {
      const { headers } = (await startExport(url, `format=${format}`)).resume()
      assert.is(headers['content-type'], type)
      const name = /^attachment; filename="ledgrab-activity-(\d{4}-\d\d-\d\dT\d{6}Z)\.(\w+)"$/.exec(
        headers['content-disposition'] ?? '',
      )
      assert.is(name?.[2], format)
    }
  })
})

exporting('takes the filters of the list, and a format it knows', async () => {
  await withInProcess(async ({ url }) => {
    await addDevice(url, { name: 'Ärger' })
    const read = async (query: string): Promise<readonly ActivityEntry[]> =>
      JSON.parse(await exportText(url, `format=json&${query}`))
    assert.equal(
      (await read('categories=entity')).map(({ action }) => action),
      ['entity_created'],
    )
    assert.is((await read(`q=${encodeURIComponent('äRGER')}`)).length, 1)
    assert.equal(await read('actor=nobody'), [])
    assert.is(parseCsv(await exportText(url, 'format=csv&actor=nobody')).length, 1, 'the header')
    assert.is(await exportText(url, 'format=ndjson&actor=nobody'), '')
    for (const query of ['', 'format=xml', 'format=csv&limit=5', 'format=csv&since=today']) {
      assert.is((await call(url, 'GET', `${EXPORT}?${query}`)).status, 400, query)
    }
    const [last] = await waitForEntries(url, 'activity_log_exported', 5)
    assert.equal(
      [last?.metadata.format, last?.metadata.filters, last?.metadata.count],
      ['ndjson', { actor: 'nobody' }, 0],
    )
  })
})

exporting('is recorded once it has left, with format, filters and count', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(2_500) })
  const { url } = server
  const since = '2020-01-01T00:00:00.000Z'
  await exportText(url, `format=csv&categories=device&since=${since}`)
  const [entry] = await waitForEntries(url, 'activity_log_exported', 1)
  const { request: origin, ...metadata } = entry?.metadata ?? {}
  assert.equal(metadata, {
    format: 'csv',
    filters: { categories: ['device'], since },
    count: 2_500,
    completed: true,
  })
  assert.match(JSON.stringify(origin), `"route":"GET ${EXPORT}"`)
  assert.equal([entry?.actor, entry?.severity], ['anonymous', 'info'])
  await call(url, 'HEAD', `${EXPORT}?format=csv`)
  assert.is((await readLog(url, 'actions=activity_log_exported')).total, 1, 'a HEAD reads nothing')
  await server.stop()
})

exporting('holds every entry once, up to the newest of its beginning, while others come', async () => {
  const server = await startInProcess({ dataDir: await fillDataDir(20_500) })
  const { url } = server
  const response = await startExport(url, 'format=ndjson')
  for (let i = 0; i < 20; i += 1) await addDevice(url, { name: `Strip ${i}` })
  const messages: string[] = []
  let rest = ''
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    messages.push(...lines.map((line) => (JSON.parse(line) as ActivityEntry).message))
  }
  assert.is(messages.length, 20_501)
  assert.ok(messages.slice(0, 20_500).every((message, i) => message === `entry ${i + 1}`))
  await server.stop()
})

exporting('waits for a client that reads slowly, and ends when it leaves', async () => {
  const count = 20_000
  const padding = 'x'.repeat(3_000)
  const dataDir = await fillDataDir(count, { details: () => ({ message: 'x', metadata: { padding } }) })
  const server = await startInProcess({ dataDir })
  const { url } = server
  const slow = await startExport(url, 'format=ndjson')
  slow.pause()
  // As long as a whole export takes: one that did not wait would have come to its end by then.
  const quick = await startExport(url, 'format=ndjson')
  let bytes = 0
  for await (const chunk of quick as AsyncIterable<Buffer>) bytes += chunk.length
  assert.ok(bytes > count * padding.length)
  await waitForEntries(url, 'activity_log_exported', 1)
  slow.destroy()
  const [broken] = await waitForEntries(url, 'activity_log_exported', 2)
  assert.equal([broken?.severity, broken?.metadata.completed], ['warning', false])
  const sent = Number(broken?.metadata.count)
  assert.ok(sent < count / 2, `${sent} of ${count} entries were read for a client that took none`)
  assert.match(broken?.message ?? '', 'broken off')
  await server.stop()
})

exporting('holds up no stop of the server, and the log says that it was broken off', async () => {
  const padding = 'x'.repeat(3_000)
  const details = () => ({ message: 'x', metadata: { padding } })
  const server = await startInProcess({ dataDir: await fillDataDir(10_000, { details }) })
  const slow = await startExport(server.url, 'format=csv')
  slow.pause()
  await server.stop()
  const raw = new Database(join(server.dataDir, 'activity.db'), { readonly: true })
  const actions = raw.prepare('select action from activity_log order by seq desc limit 2').pluck().all()
  raw.close()
  assert.equal(actions, ['activity_log_exported', 'server_shutting_down'])
  slow.destroy()
})

exporting('is for admins', async () => {
  await withInProcess(async ({ url }) => {
    const bearer = (key: unknown) => ({ authorization: `Bearer ${String(key)}` })
    const admin = bearer((await callOk(url, 'POST', '/api/v1/keys', { label: 'Ada', role: 'admin' })).key)
    const made = await call(url, 'POST', '/api/v1/keys', { label: 'Olga', role: 'operator' }, admin)
    const path = `${EXPORT}?format=ndjson&actor=nobody`
    assert.is((await call(url, 'GET', path, undefined, bearer(made.body.key))).status, 403)
    assert.is((await call(url, 'GET', path, undefined, admin)).status, 200)
  })
})

exporting.run()
