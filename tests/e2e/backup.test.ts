// shares the machine
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { startInProcess, withInProcess } from '../support/in-process-server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const backup = suite('backup')

async function download(url: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(new URL('/api/v1/system/backup', url), { headers })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

backup('unpacked is the data directory as it was: same log, same things, an intact chain', async () => {
  await withInProcess(async (server) => {
    for (let n = 0; n < 50; n += 1)
      await callOk(server.url, 'POST', '/api/v1/sources', { name: `Source ${n}`, type: 'testcard' })
    const before = await readLog(server.url)
    const { response, bytes } = await download(server.url)
    assert.is(response.status, 200)
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /filename="ledgrab-backup-\d{4}-\d\d-\d\d\.tar"/,
    )
    assert.is(Number(response.headers.get('content-length')), bytes.length)

    const dataDir = join(tempDir(), 'restored')
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'backup.tar'), bytes)
    execFileSync('tar', ['xf', 'backup.tar'], { cwd: dataDir })
    assert.is(
      statSync(join(dataDir, 'ledgrab.db')).mode & 0o777,
      0o600,
      'its owner only: it holds key hashes',
    )
    const restored = await startInProcess({ dataDir })
    const sources = (await callOk(restored.url, 'GET', '/api/v1/sources')) as unknown as readonly object[]
    assert.is(sources.length, 50)
    const ids = (await readLog(restored.url)).entries.map(({ id }) => id)
    assert.equal(
      before.entries.filter(({ id }) => !ids.includes(id)),
      [],
    )
    assert.is((await callOk(restored.url, 'POST', '/api/v1/activity-log/verify', {})).ok, true)
    await restored.stop()

    const [entry] = await waitForEntries(server.url, 'backup_downloaded', 1)
    assert.equal([entry?.severity, entry?.metadata.bytes], ['info', bytes.length])
    await waitFor(() => !existsSync(join(server.dataDir, 'backup.tmp')), 'the copies to go')
  })
})

backup('is for admins', async () => {
  await withInProcess(async ({ url }) => {
    const { key: admin } = await callOk(url, 'POST', '/api/v1/keys', { label: 'alice', role: 'admin' })
    const asAdmin = { authorization: `Bearer ${admin}` }
    const { body } = await call(url, 'POST', '/api/v1/keys', { label: 'bob', role: 'operator' }, asAdmin)
    assert.is((await call(url, 'GET', '/api/v1/system/backup')).status, 401)
    const asBob = { authorization: `Bearer ${body.key}` }
    assert.is((await call(url, 'GET', '/api/v1/system/backup', undefined, asBob)).status, 403)
    assert.is((await download(url, asAdmin)).response.status, 200)
  })
})

backup('that is broken off is told, leaves nothing behind, and is in nobody’s way', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    for (let n = 0; n < 2_000; n += 1)
      await callOk(url, 'PUT', '/api/v1/activity-log/settings', { max_days: 30 + (n % 2) })
    const sent = request(new URL('/api/v1/system/backup', url))
    sent.on('error', () => {})
    sent.end()
    await new Promise<void>((resolve) =>
      sent.once('response', (response) => {
        response.once('data', () => {
          response.destroy()
          resolve()
        })
      }),
    )
    const [entry] = await waitForEntries(url, 'backup_downloaded', 1)
    assert.equal([entry?.severity, entry?.metadata.completed], ['warning', false])
    await waitFor(() => !readdirSync(dataDir).includes('backup.tmp'), 'the copies to go')
    assert.is((await download(url)).response.status, 200)
  })
})

backup.run()
