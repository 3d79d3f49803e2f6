// shares the machine
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { type CliResult, runBuilt } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { parseLines } from '../support/varied-log.ts'
import { watch } from '../support/watcher.ts'

const keys = suite('ledgrab keys')

interface ListedKey {
  readonly id: string
  readonly label: string
  readonly role: string
}

function assertFails({ code, stdout, stderr }: CliResult, says: string | RegExp): void {
  assert.equal([code, stdout], [1, ''], stderr)
  assert.match(stderr, /^ledgrab: [^\n]+\n$/)
  assert.match(stderr, says)
}

/** `ledgrab keys …` at one place. */
function commandAt(...place: readonly string[]) {
  const run = (...words: readonly string[]): Promise<CliResult> => runBuilt(['keys', ...words, ...place])
  return {
    run,
    async create(label: string, role: string): Promise<string> {
      const { code, stdout, stderr } = await run('create', label, '--role', role)
      assert.is(code, 0, stderr)
      return stdout.trim()
    },
    async list(): Promise<readonly ListedKey[]> {
      const { code, stdout, stderr } = await run('list', '--json')
      assert.equal([code, stderr], [0, ''])
      return JSON.parse(stdout)
    },
  }
}

keys('are created, listed and revoked by label and by id through a server, at once', async () => {
  await withInProcess(async ({ url }) => {
    const none = await commandAt('--url', url).run('list')
    assert.equal([none.code, none.stdout, none.stderr], [0, '', 'ledgrab: there are no keys\n'])
    const ada = commandAt('--url', url, '--key', await commandAt('--url', url).create('ada', 'admin'))
    const [vicKey, opKey] = [await ada.create('Vic 灯', 'viewer'), await ada.create('op', 'operator')]
    const [table, listed] = await Promise.all([ada.run('list'), ada.list()])
    const when = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d'
    assert.match(
      table.stdout,
      new RegExp(
        [
          '^LABEL   ROLE      CREATED              ID',
          `ada     admin     ${when}  key_\\w+`,
          `Vic 灯  viewer    ${when}  key_\\w+`,
          `op      operator  ${when}  key_\\w+\n$`,
        ].join('\n'),
      ),
    )
    assert.equal(
      listed.map(({ label, role }) => `${label} ${role}`),
      ['ada admin', 'Vic 灯 viewer', 'op operator'],
    )
    for (const key of [vicKey, opKey]) assert.not.match(JSON.stringify(listed) + table.stdout, key)

    const watcher = await watch(url, { token: vicKey })
    const byLabel = await ada.run('revoke', 'Vic 灯')
    assert.equal([byLabel.code, byLabel.stdout], [0, 'The key "Vic 灯" (viewer) was revoked.\n'])
    assert.is((await watcher.closed).code, 4401)
    const opId = listed.find(({ label }) => label === 'op')?.id ?? ''
    const byId = await ada.run('revoke', opId, '--json')
    assert.is(JSON.parse(byId.stdout).label, 'op')
    const authorization = `Bearer ${opKey}`
    assert.is((await call(url, 'GET', '/api/v1/devices', undefined, { authorization })).status, 401)
    assertFails(await ada.run('revoke', 'op'), 'there is no valid key "op"')
    assert.equal(
      (await ada.list()).map(({ label }) => label),
      ['ada'],
    )
  })
})

keys("are listed and revoked on a stopped server's files, which says so in the log", async () => {
  const dataDir = tempDir()
  const { run, create, list } = commandAt('--data-dir', dataDir)
  assertFails(await run('list'), '--data-dir')
  assertFails(await run('revoke', 'ada'), '--data-dir')
  await create('ada', 'admin')
  const key = await create('bob', 'admin')
  await create('vic', 'viewer')
  const bobId = (await list()).find(({ label }) => label === 'bob')?.id ?? ''
  const [byLabel, byId] = [await run('revoke', 'vic'), await run('revoke', bobId, '--json')]
  assert.equal([byLabel.code, byLabel.stdout], [0, 'The key "vic" (viewer) was revoked.\n'])
  assert.is(JSON.parse(byId.stdout).label, 'bob')
  assert.equal(
    (await list()).map(({ label }) => label),
    ['ada'],
  )
  assertFails(await run('revoke', 'nobody'), 'keys list')

  const log = await runBuilt(['log', '--json', '--action', 'key_revoked', '--data-dir', dataDir])
  assert.equal(
    parseLines(log.stdout).map(({ actor, entity_name: name, metadata }) => [actor, name, metadata.via]),
    [
      ['system', 'vic', 'cli'],
      ['system', 'bob', 'cli'],
    ],
  )
  await withInProcess(
    async ({ url }) => {
      const authorization = `Bearer ${key}`
      assert.is((await call(url, 'GET', '/api/v1/devices', undefined, { authorization })).status, 401)
      assertFails(await run('revoke', 'ada'), dataDir)
      assert.equal(
        (await list()).map(({ label }) => label),
        ['ada'],
        'reading goes beside a server',
      )
    },
    { dataDir },
  )
})

keys('show a label that was edited by hand so that a terminal does not obey it', async () => {
  const dataDir = tempDir()
  const { run, create } = commandAt('--data-dir', dataDir)
  await create('ada', 'admin')
  const file = new Database(join(dataDir, 'ledgrab.db'))
  file.prepare('update api_keys set label = ?').run('a\u001b[31mb\u202ec')
  file.close()
  const { stdout } = await run('list')
  assert.match(stdout, /^ab\ufffdc {3}admin/m)
})

keys.run()
