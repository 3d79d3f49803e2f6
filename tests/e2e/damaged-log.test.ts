// shares the machine
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk, readLog, waitForEntries } from '../support/api.ts'
import { damagePages } from '../support/damage.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { runCli } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { watch } from '../support/watcher.ts'

const damagedLog = suite('a damaged activity.db')

function asideIn(dataDir: string): readonly string[] {
  return readdirSync(dataDir).filter((name) => /\.damaged-[\dTZ]+$/.test(name))
}

damagedLog('does not keep the server from starting, and is kept', async () => {
  const dataDir = tempDir()
  writeFileSync(join(dataDir, 'activity.db'), 'no database at all')
  await withInProcess(
    async ({ url }) => {
      const [replaced] = await waitForEntries(url, 'activity_log_replaced', 1)
      assert.is(replaced?.severity, 'error')
      assert.equal(asideIn(dataDir), [replaced?.metadata.file])
      assert.is((await call(url, 'GET', '/health')).body.status, 'healthy')
    },
    { dataDir },
  )
  assert.is(readFileSync(join(dataDir, asideIn(dataDir)[0] ?? ''), 'utf8'), 'no database at all')
})

damagedLog(
  'is replaced while the server runs; watchers start over, and the rest can be salvaged',
  async () => {
    const dataDir = await fillDataDir(20_000)
    await withInProcess(
      async ({ url }) => {
        const watcher = await watch(url, { subscribe: { since_seq: 20_000 } })
        const before = String((await watcher.waitForType('auth_ok')).log_id)
        await waitForEntries(url, 'server_started', 1)
        // Old pages, of which the server holds none in memory.
        damagePages(join(dataDir, 'activity.db'), (page) => page > 10 && page < 200)
        await callOk(url, 'POST', '/api/v1/activity-log/prune', { max_entries: 100 })

        const reset = await watcher.waitForType('reset')
        assert.not(reset.log_id === before)
        const [replaced] = await waitForEntries(url, 'activity_log_replaced', 1)
        await callOk(url, 'PUT', '/api/v1/activity-log/settings', { max_days: 30 })
        await waitForEntries(url, 'activity_log_settings_changed', 1)
        const { entries, head_seq: headSeq } = await readLog(url)
        assert.is(entries.at(-1)?.id, replaced?.id, 'the new log begins with what became of the old one')
        assert.equal(
          watcher.events.slice(watcher.events.indexOf(reset) + 1).flatMap(({ seq }) => seq ?? []),
          Array.from({ length: headSeq }, (_, i) => i + 1),
        )
        const verified = await callOk(url, 'POST', '/api/v1/activity-log/verify', {})
        assert.is(verified.ok, true)
        await watcher.close()
      },
      { dataDir },
    )
    const aside = join(dataDir, asideIn(dataDir)[0] ?? '')
    const output = join(tempDir(), 'saved.ndjson')
    const { code, stderr } = await runCli(['log', 'salvage', aside, '--output', output])
    assert.is(code, 0, stderr)
    const saved = readFileSync(output, 'utf8').trimEnd().split('\n')
    assert.match(stderr, `${saved.length} entries read`)
    assert.match(stderr, /entries \d+ to \d+ cannot be read/)
    assert.ok(saved.length > 10_000, `${saved.length} saved`)
    assert.ok(saved.some((line) => JSON.parse(line).message === 'entry 20000'))
  },
)

damagedLog('says so when nothing can be salvaged', async () => {
  const file = join(tempDir(), 'activity.db.damaged-20261123T043449Z')
  writeFileSync(file, 'no database at all')
  const { code, stderr } = await runCli(['log', 'salvage', file])
  assert.is(code, 1)
  assert.match(stderr, 'is not a usable database')
})

damagedLog.run()
