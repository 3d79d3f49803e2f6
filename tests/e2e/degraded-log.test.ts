// shares the machine
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { startServer, withServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const degradedLog = suite('a log that cannot be written')

/** What another program does that has the file locked; `release` lets go of it. */
function lockLog(dataDir: string): { release(): void } {
  const raw = new Database(join(dataDir, 'activity.db'), { timeout: 5_000 })
  raw.exec('BEGIN IMMEDIATE')
  return { release: () => raw.close() }
}

async function waitForStatus(url: string, status: string): Promise<Record<string, unknown>> {
  return await waitFor(async () => {
    const { body } = await call(url, 'GET', '/health')
    return body.status === status && body
  }, `the status ${status}`)
}

async function createDevice(url: string, name: string): Promise<void> {
  await callOk(url, 'POST', '/api/v1/devices', { name, type: 'ddp', address: '127.0.0.1', led_count: 1 })
}

degradedLog('degrades the server and stops nothing; afterwards the log tells what came late', async () => {
  const dataDir = tempDir()
  await withServer(['--demo', '--data-dir', dataDir], async ({ url }) => {
    await waitForEntries(url, 'target_started', 2)
    const lock = lockLog(dataDir)
    await createDevice(url, 'One')
    const { reason } = await waitForStatus(url, 'degraded')
    assert.match(
      String(reason),
      /^the activity log cannot be written since \S+Z because another program has its file locked$/,
    )
    await createDevice(url, 'Two')
    const stats = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as readonly {
      readonly state: string
    }[]
    assert.equal(
      stats.map(({ state }) => state),
      ['running', 'running'],
    )
    lock.release()
    const [recovered] = await waitForEntries(url, 'activity_log_recovered', 1, 40_000)
    assert.is(recovered?.metadata.reason, 'another program has its file locked')
    assert.ok(Number(recovered?.metadata.late) >= 2)
    await waitForStatus(url, 'healthy')
    const { entries } = await readLog(url, 'actions=entity_created')
    assert.equal(entries.map(({ entity_name: name }) => name).slice(0, 2), ['Two', 'One'])
  })
})

degradedLog('leaves what a stop cannot commit for the next start, which brings it in', async () => {
  const dataDir = tempDir()
  const server = await startServer(['--data-dir', dataDir], { LEDGRAB_DISCOVERY__ENABLED: 'false' })
  await waitForEntries(server.url, 'server_started', 1)
  const lock = lockLog(dataDir)
  await createDevice(server.url, 'Late')
  assert.is(await server.end('SIGTERM'), 0, server.stderr())
  const isSpill = (name: string): boolean => name.startsWith('spill-')
  assert.is(readdirSync(dataDir).filter(isSpill).length, 1)
  lock.release()

  const next = await startServer(['--data-dir', dataDir], { LEDGRAB_DISCOVERY__ENABLED: 'false' })
  try {
    const [recovered] = await waitForEntries(next.url, 'activity_records_recovered', 1)
    const { entries } = await readLog(next.url)
    const actions = entries.map(({ action }) => action).reverse()
    assert.equal(actions.slice(0, 3), ['server_started', 'entity_created', 'server_shutting_down'])
    assert.is(recovered?.metadata.recovered, 2)
    assert.equal(readdirSync(dataDir).filter(isSpill), [])
    assert.is((await callOk(next.url, 'POST', '/api/v1/activity-log/verify', {})).ok, true)
  } finally {
    await next.end('SIGTERM')
  }
})

degradedLog.run()
