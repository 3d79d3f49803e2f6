// shares the machine
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { waitForEntries } from '../support/api.ts'
import { addDevice } from '../support/entities.ts'
import { fillDataDir } from '../support/filled-data-dir.ts'
import { testWith } from '../support/needs.ts'
import { cleanEnv, runBuilt, startServer } from '../support/server-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { parseLines, tamper, variedLog } from '../support/varied-log.ts'

const files = suite("ledgrab log on a stopped server's files")

/** The content of each file of a folder, as a hash. */
function hashFiles(folder: string): Readonly<Record<string, string>> {
  const hashOf = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, hashOf(name)]),
  )
}

/** What the command prints with `--json`; fails unless it went well. */
async function jsonOf(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runBuilt(['log', ...args, '--json'])
  assert.is(code, 0, stderr)
  return JSON.parse(stdout)
}

/** Commands that only read, all at once: they share the ways to open the files. */
function readAll(dataDir: string) {
  const commands = ['', 'verify', 'prune --dry-run']
  return Promise.all([
    ...commands.map((words) => runBuilt(['log', ...words.split(' ').filter(Boolean), '--data-dir', dataDir])),
    runBuilt(['keys', 'list', '--data-dir', dataDir]),
  ])
}

files('are left byte by byte as they are by all that only reads, after a stop and after a kill', async () => {
  const dataDir = tempDir()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const server = await startServer(['--data-dir', dataDir], { LEDGRAB_DISCOVERY__ENABLED: 'false' })
    await addDevice(server.url, { name: `before ${signal}` })
    await waitForEntries(server.url, 'entity_created', signal === 'SIGTERM' ? 1 : 2)
    await server.end(signal)
    const before = hashFiles(dataDir)
    assert.is(Object.keys(before).includes('activity.db-wal'), signal === 'SIGKILL')
    const results = await readAll(dataDir)
    for (const { code, stderr } of results) assert.is(code, 0, stderr)
    assert.match(results[0]?.stdout ?? '', `before ${signal}`)
    // The index of a write-ahead log is for whoever reads it, and holds nothing of its own.
    const withoutIndexes = (hashes: typeof before): unknown =>
      Object.entries(hashes).filter(([name]) => !name.endsWith('-shm'))
    assert.equal(withoutIndexes(hashFiles(dataDir)), withoutIndexes(before))
  }
})

files('are exported whole, in each format, to a file or to standard output', async () => {
  const dataDir = await variedLog(Date.now())
  const folder = tempDir()
  const out = (name: string): string => join(folder, name)
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runBuilt(['log', 'export', '--data-dir', dataDir, ...words])
    assert.is(code, 0, stderr)
    return stdout
  }
  writeFileSync(out('a.csv'), 'of an earlier export\n'.repeat(1_000))
  const [piped] = await Promise.all([
    run('--category', 'capture,auth'),
    run('--format', 'csv', '-o', out('a.csv')),
    run('--format', 'json', '-o', out('a.json')),
    run('--format', 'ndjson', '--output', out('a.ndjson')),
    run('-o', '/dev/null'),
  ])
  assert.ok(statSync('/dev/null').isCharacterDevice())
  assert.equal(readdirSync(folder).sort(), ['a.csv', 'a.json', 'a.ndjson'])
  const entries = parseLines(readFileSync(out('a.ndjson'), 'utf8'))
  assert.is(entries.length, 8)
  assert.equal(JSON.parse(readFileSync(out('a.json'), 'utf8')), entries)
  const csv = readFileSync(out('a.csv'), 'utf8')
  assert.is(csv.trimEnd().split('\r\n').length, 9)
  for (const { id } of entries) assert.match(csv, `\r\n${id},`)
  assert.equal(
    parseLines(piped),
    entries.filter(({ category }) => /capture|auth/.test(category)),
  )
})

files('are exported not at all where the file cannot be written', async () => {
  const dataDir = await fillDataDir(3)
  const folder = tempDir()
  const [inNowhere, aFolder] = await Promise.all([
    runBuilt(['log', 'export', '--data-dir', dataDir, '-o', join(folder, 'no', 'a.csv')]),
    runBuilt(['log', 'export', '--data-dir', dataDir, '-o', folder]),
  ])
  for (const { code, stderr } of [inNowhere, aFolder]) {
    assert.is(code, 1)
    assert.match(stderr, /^ledgrab: [^\n]*cannot be written[^\n]*--output\n$/)
  }
  assert.equal([existsSync(`${folder}.partial`), readdirSync(folder)], [false, []])
})

files(
  'verify, until somebody edits an entry; then the first bad one is named and the exit code is 1',
  async () => {
    const dataDir = await fillDataDir(2_500)
    const ok = await runBuilt(['log', 'verify', '--data-dir', dataDir])
    assert.equal([ok.code, ok.stderr], [0, ''])
    assert.match(ok.stdout, /^The log is as it was written: 2500 entries checked/)
    const head = /--against (2500:[0-9a-f]{64})$/m.exec(ok.stdout)?.[1] ?? ''

    tamper(dataDir, "update activity_log set actor = 'somebody else' where seq in (2100, 1400)")
    const edited = await runBuilt(['log', 'verify', '--data-dir', dataDir])
    assert.equal([edited.code, edited.stderr], [1, ''])
    assert.match(edited.stdout, /^The log is not as it was written: entry 1400 was changed\.\nUp to 1399:/)
    const json = await runBuilt(['log', 'verify', '--data-dir', dataDir, '--against', head, '--json'])
    assert.is(json.code, 1)
    const { ok: isOk, first_bad_seq: badSeq, problem, checked } = JSON.parse(json.stdout)
    assert.equal([isOk, badSeq, problem, checked], [false, 1_400, 'altered', 1_399])
  },
)

files('show a cut-off end only against a head that was noted before', async () => {
  const dataDir = await fillDataDir(20)
  const { head } = (await jsonOf('verify', '--data-dir', dataDir)) as { head: { seq: number; hash: string } }
  tamper(dataDir, 'delete from activity_log where seq > 17')
  const verify = ['log', 'verify', '--data-dir', dataDir]
  const [alone, against] = await Promise.all([
    runBuilt(verify),
    runBuilt([...verify, '--against', `${head.seq}:${head.hash.toUpperCase()}`]),
  ])
  assert.is(alone.code, 0)
  assert.is(against.code, 1)
  assert.match(against.stdout, 'entry 18 is missing')
})

files('are counted by category and local day or hour', async () => {
  const dataDir = await variedLog(Date.UTC(2026, 6, 1, 12))
  const stats = ['log', 'stats', '--data-dir', dataDir]
  const [byDay, byHour] = await Promise.all([
    runBuilt([...stats, '--category', 'device,capture'], { TZ: 'Europe/Berlin' }),
    runBuilt([...stats, '--by', 'hour', '--actor', 'carol'], { TZ: 'UTC' }),
  ])
  assert.equal(byDay.stdout.split('\n'), [
    'DAY         AUTH  DEVICE  ENTITY  CAPTURE  SYSTEM  TOTAL',
    '2026-06-30     0       2       0        0       0      2  ██████████████',
    '2026-07-01     0       0       0        3       0      3  ████████████████████',
    'total          0       2       0        3       0      5',
    '',
  ])
  assert.match(byHour.stdout, /^2026-07-01 09:00 .* 1 {2}█+\n2026-07-01 11:00 .* 1 {2}█+\n/m)
})

files('are pruned, and before that told what would go; the entry says that it was this command', async () => {
  const dataDir = await fillDataDir(150)
  const words = ['prune', '--data-dir', dataDir, '--max-entries', '100']
  const before = hashFiles(dataDir)
  const plan = (await jsonOf(...words, '--dry-run')) as Record<string, unknown>
  assert.equal([plan.dry_run, plan.removed, plan.from_seq, plan.to_seq], [true, 51, 1, 51])
  assert.equal(hashFiles(dataDir), before)

  // One more than there are too many: its own entry needs room.
  const done = await runBuilt(['log', ...words])
  assert.is(done.code, 0, done.stderr)
  assert.match(
    done.stdout,
    /^51 entries, 1 to 51 \(.*\), were removed: 3650 days and 100 entries are kept\.\n$/,
  )
  const [listed, verified] = await Promise.all([
    runBuilt(['log', '--json', '--limit', '200', '--data-dir', dataDir]),
    runBuilt(['log', 'verify', '--data-dir', dataDir]),
  ])
  const entries = parseLines(listed.stdout)
  assert.equal([entries.length, entries[0]?.message], [100, 'entry 52'])
  const { action, actor, metadata } = entries.at(-1) ?? {}
  assert.equal([action, actor, metadata?.via], ['activity_log_pruned', 'system', 'cli'])
  assert.is(verified.code, 0, verified.stdout)
})

files('are cleared only for somebody who says so', async () => {
  const dataDir = await fillDataDir(5)
  const before = hashFiles(dataDir)
  const unsure = await runBuilt(['log', 'clear', '--data-dir', dataDir])
  assert.equal([unsure.code, unsure.stdout], [2, ''])
  assert.match(unsure.stderr, '--yes')
  assert.equal(hashFiles(dataDir), before)

  const sure = await runBuilt(['log', 'clear', '--yes', '--data-dir', dataDir])
  assert.equal([sure.code, sure.stdout], [0, 'The log was cleared of its 5 entries.\n'])
  const [left, ...others] = parseLines((await runBuilt(['log', '--json', '--data-dir', dataDir])).stdout)
  assert.equal([left?.action, left?.actor, left?.metadata.via], ['activity_log_cleared', 'system', 'cli'])
  assert.is(others.length, 0)
})

/** Runs the command on a terminal of its own (`script` of util-linux), typing `input`. */
async function onTerminal(words: string, input: string): Promise<{ code: number; shown: string }> {
  const bin = fileURLToPath(new URL('../../bin/ledgrab.js', import.meta.url))
  const command = `stty cols 80; ${process.execPath} ${bin} ${words}`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: cleanEnv({ TERM: 'xterm', NO_COLOR: '', TZ: 'UTC' }),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  child.stdout.on('data', (chunk) => {
    shown += chunk
    // Not before it asks: what is typed earlier belongs to nobody.
    if (input !== '' && shown.includes('Type "yes"')) child.stdin.end(input)
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, shown }
}

testWith(files, ['script'], 'are cleared on a terminal after the answer yes, and no other', async () => {
  const dataDir = await fillDataDir(5)
  const before = hashFiles(dataDir)
  const no = await onTerminal(`log clear --data-dir ${dataDir}`, 'y\n')
  assert.equal([no.code, hashFiles(dataDir)], [1, before])
  assert.match(no.shown, 'nothing was cleared')
  const yes = await onTerminal(`log clear --data-dir ${dataDir}`, 'yes\n')
  assert.is(yes.code, 0)
  assert.match(yes.shown, 'cleared of its 5 entries')
})

testWith(files, ['script'], 'are shown on a terminal in colour, wrapped to its width', async () => {
  const dataDir = await fillDataDir(1, {
    details: () => ({ message: 'a sentence that is too long for one line here', severity: 'warning' }),
  })
  const { shown } = await onTerminal(`log --data-dir ${dataDir}`, '')
  const lines = shown.split('\r\n')
  assert.match(lines[0] ?? '', '\u001b[1mTIME ')
  assert.match(lines[1] ?? '', /^\u001b\[2m\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\u001b\[0m {2}\u001b\[33mwarning /)
  for (const line of lines) assert.ok(line.replace(/\u001b\[\d+m/g, '').length <= 80, line)
  assert.is(lines.length, 4, 'one line of names, two of the entry, and the end')
})

testWith(files, ['script'], 'show how far a check or an export is, in a line that goes', async () => {
  const dataDir = await fillDataDir(30)
  const output = join(tempDir(), 'a.csv')
  const bar = / [█░]{24} \d+ % \(\d+ of 30\)/
  const [verified, exported, piped] = await Promise.all([
    onTerminal(`log verify --data-dir ${dataDir}`, ''),
    onTerminal(`log export --format csv -o ${output} --data-dir ${dataDir}`, ''),
    onTerminal(`log export --data-dir ${dataDir} | wc -l`, ''),
  ])
  for (const { code, shown } of [verified, exported, piped]) {
    assert.is(code, 0)
    assert.match(shown, bar)
    assert.match(shown.slice(shown.search(bar)), '\r\u001b[K')
  }
  assert.match(verified.shown, /\u001b\[KThe log is as it was written/)
  assert.match(piped.shown, /30\r\n$/)
})

files.run()
