// shares the machine
// Every test runs the command, which takes a second each time.
// deadline: 180 s
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { call, callOk } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { type CliResult, runCli, startServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const cli = suite('ledgrab')

/** What it says to people, without the lines of the server log. */
function saidOf({ stderr }: CliResult): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
}

/** Fails with one sentence that holds each of the words. */
function assertOneSentence(result: CliResult, ...words: readonly string[]): void {
  assert.is(result.code, 1, result.stderr)
  const said = saidOf(result)
  assert.is(said.length, 1, result.stderr)
  assert.ok(said[0]?.startsWith('ledgrab: '))
  for (const word of words) assert.match(said[0] ?? '', word)
  assert.is(result.stdout, '')
}

interface KeyEntry {
  readonly actor: string
  readonly metadata: Record<string, unknown>
}

function readKeyEntries(dataDir: string): readonly KeyEntry[] {
  const file = new Database(join(dataDir, 'activity.db'), { readonly: true })
  const rows = file.prepare("select actor, metadata from activity_log where action = 'key_created'").all()
  file.close()
  return (rows as { actor: string; metadata: string }[]).map(({ actor, metadata }) => ({
    actor,
    metadata: JSON.parse(metadata),
  }))
}

cli('explains itself, each command by itself, and exits 0', async () => {
  const commands = [[], ['serve'], ['keys'], ['keys', 'create']]
  const results = await Promise.all(commands.map((command) => runCli([...command, '--help'])))
  for (const [index, { code, stdout, stderr }] of results.entries()) {
    assert.equal([code, stderr], [0, ''], commands[index]?.join(' '))
    assert.match(stdout, `Usage: ${['ledgrab', ...(commands[index] ?? [])].join(' ')}`)
  }
  const { code, stdout } = await runCli(['--version'])
  assert.is(code, 0)
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

cli('exits 2 at words it does not know, and starts nothing', async () => {
  const lines = [
    ['sreve'],
    ['serve', '--prot', '1'],
    ['serve', '--port', '0x50'],
    ['serve', '--port', '65536'],
    ['serve', '--log-level', 'loud'],
    ['serve', 'extra'],
    ['keys', 'create'],
    ['keys', 'create', 'Ada'],
    ['keys', 'create', 'Ada', '--role', 'root'],
    ['keys', 'create', '', '--role', 'admin'],
    ['keys', 'create', 'two\nlines', '--role', 'admin'],
  ]
  await Promise.all(
    lines.map(async (words) => {
      const { code, stdout, stderr } = await runCli(words)
      assert.is(code, 2, `${words.join(' ')}: ${stderr}`)
      assert.is(stdout, '')
      assert.match(stderr, 'error: ')
    }),
  )
})

cli('lists all problems of a configuration, exits 2 and starts nothing', async () => {
  const folder = tempDir()
  const file = join(folder, 'ledgrab.yaml')
  const dataDir = join(folder, 'data')
  writeFileSync(file, 'server: {port: eighty, hots: x}\n')
  const result = await runCli(['serve', '--config', file, '--data-dir', dataDir], {
    LEDGRAB_LOG__LEVEL: 'loud',
    LEDGRAB_SERVRE__PORT: '1',
  })
  assert.is(result.code, 2)
  assert.is(result.stdout, '')
  assert.match(result.stderr, 'server.port: ')
  assert.match(result.stderr, `server.hots: unknown setting (from ${file})`)
  assert.match(result.stderr, '(from LEDGRAB_LOG__LEVEL)')
  assert.match(result.stderr, 'servre.port: unknown setting (from LEDGRAB_SERVRE__PORT)')
  assert.not.ok((await runCli(['serve', '--config', join(folder, 'none.yaml')])).code === 0)
  assert.throws(() => new Database(join(dataDir, 'activity.db'), { readonly: true }), 'nothing was made')
})

cli('says in one sentence that its address is not to be had, and exits 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const serve = (...flags: readonly string[]): Promise<CliResult> =>
    runCli(['serve', '--data-dir', tempDir(), ...flags], { LEDGRAB_DISCOVERY__ENABLED: 'false' })
  const [inUse, elsewhere] = await Promise.all([
    serve('--port', `${port}`),
    serve('--port', '0', '--host', '192.0.2.1'),
  ])
  taken.close()
  assertOneSentence(inUse, String(port), '--port')
  assertOneSentence(elsewhere, '192.0.2.1', '--host')
})

cli('says in one sentence that its data directory is of no use, and exits 1', async () => {
  const serve = (dataDir: string): Promise<CliResult> =>
    runCli(['serve', '--port', '0', '--data-dir', dataDir])
  const file = join(tempDir(), 'a file')
  writeFileSync(file, '')
  const garbled = tempDir()
  writeFileSync(join(garbled, 'ledgrab.db'), 'this is no database, however long it is. '.repeat(100))
  const [inFile, notDatabase] = await Promise.all([serve(join(file, 'data')), serve(garbled)])
  assertOneSentence(inFile, file, '--data-dir')
  assertOneSentence(notDatabase, 'ledgrab.db')

  // For root every folder can be written.
  if (process.getuid?.() !== 0) {
    const sealed = join(tempDir(), 'sealed')
    mkdirSync(sealed)
    chmodSync(sealed, 0o500)
    assertOneSentence(await serve(sealed), sealed, '--data-dir')
  }
})

cli('leaves the databases of a newer version alone, and says so', async () => {
  const names = ['ledgrab.db', 'activity.db']
  await Promise.all(
    names.map(async (name) => {
      const dataDir = tempDir()
      await withInProcess(async () => {}, { dataDir })
      const database = new Database(join(dataDir, name))
      database.exec("insert into data_migrations (name, timestamp) values ('9999_future', '')")
      database.close()
      const result = await runCli(['serve', '--port', '0', '--data-dir', dataDir])
      assertOneSentence(result, name, 'newer', '9999_future')
    }),
  )
})

cli('keeps a second server, and itself, off a data directory in use', async () => {
  await withInProcess(async ({ dataDir }) => {
    const [serve, create] = await Promise.all([
      runCli(['serve', '--port', '0', '--data-dir', dataDir]),
      runCli(['keys', 'create', 'Ada', '--role', 'admin', '--data-dir', dataDir]),
    ])
    assertOneSentence(serve, 'another', dataDir)
    assertOneSentence(create, 'another', dataDir)
  })
})

cli("makes keys on a stopped server's files, and notes that it was this command", async () => {
  const dataDir = tempDir()
  const made = await runCli(['keys', 'create', 'Ada', '--role', 'admin', '--data-dir', dataDir])
  assert.is(made.code, 0, made.stderr)
  assert.match(made.stdout, /^lg_[\w-]{43}\n$/, 'the key alone, for scripts')
  assert.match(made.stderr, 'Ada')
  assert.not.match(made.stderr, made.stdout.trim())
  const second = await runCli(['keys', 'create', 'Vic', '--role', 'viewer', '--json', '--data-dir', dataDir])
  const { key, ...rest } = JSON.parse(second.stdout)
  assert.match(key, /^lg_/)
  assert.equal([rest.label, rest.role, second.stderr], ['Vic', 'viewer', ''])

  for (const label of ['Ada', 'system', 'Anonymous']) {
    const refused = await runCli(['keys', 'create', label, '--role', 'admin', '--data-dir', dataDir])
    assertOneSentence(refused, label)
  }
  assert.equal(readKeyEntries(dataDir), [
    { actor: 'system', metadata: { via: 'cli', label: 'Ada', role: 'admin' } },
    { actor: 'system', metadata: { via: 'cli', label: 'Vic', role: 'viewer' } },
  ])
  await withInProcess(
    async ({ url }) => {
      assert.is((await callOk(url, 'GET', '/health')).auth_required, true)
      const authorization = `Bearer ${made.stdout.trim()}`
      assert.is((await call(url, 'GET', '/api/v1/devices', undefined, { authorization })).status, 200)
    },
    { dataDir },
  )
})

cli('makes keys through a server, named by a flag or by the environment', async () => {
  await withInProcess(async ({ url, dataDir }) => {
    const first = await runCli(['keys', 'create', 'Ada', '--role', 'admin', '--url', url, '--json'])
    assert.is(first.code, 0, first.stderr)
    const key = String(JSON.parse(first.stdout).key)
    const byEnv = await runCli(['keys', 'create', 'Bob', '--role', 'viewer'], {
      LEDGRAB_URL: url,
      LEDGRAB_KEY: key,
    })
    assert.is(byEnv.code, 0, byEnv.stderr)
    assertOneSentence(await runCli(['keys', 'create', 'Eve', '--role', 'admin', '--url', url]), 'key')
    const asViewer = ['--url', url, '--key', byEnv.stdout.trim()]
    assertOneSentence(await runCli(['keys', 'create', 'Eve', '--role', 'admin', ...asViewer]), 'admin')
    const again = await runCli(['keys', 'create', 'Ada', '--role', 'admin', '--url', url, '--key', key])
    assertOneSentence(again, 'already', 'Ada')
    assert.equal(
      readKeyEntries(dataDir).map(({ actor }) => actor),
      ['anonymous', 'Ada'],
    )
  })
  const nobody = await runCli(['keys', 'create', 'Ada', '--role', 'admin', '--url', 'http://127.0.0.1:1'])
  assertOneSentence(nobody, 'http://127.0.0.1:1', '--url', '--data-dir')
  const nowhere = await runCli(['keys', 'create', 'Ada', '--role', 'admin', '--url', 'nonsense'])
  assert.is(nowhere.code, 2)
  assert.equal(saidOf(nowhere), ['ledgrab: --url: nonsense is no address such as http://127.0.0.1:8080'])
})

cli('starts with the environment before the file, says where, and ends in order', async () => {
  const dataDir = tempDir()
  const file = join(dataDir, 'ledgrab.yaml')
  writeFileSync(file, 'server: {host: "::1", port: 1}\ndiscovery: {enabled: false}\n')
  const server = await startServer(['--config', file, '--data-dir', dataDir], {
    LEDGRAB_SERVER__HOST: '127.0.0.1',
  })
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.is((await callOk(server.url, 'GET', '/health')).status, 'healthy')
  const startedMs = performance.now()
  assert.is(await server.end('SIGTERM'), 0, server.stderr())
  assert.ok(performance.now() - startedMs < 5_000)
})

cli.run()
