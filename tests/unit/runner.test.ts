import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const runner = suite('test runner')

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = tempDir()
/** What every made-up file begins with: it lies where packages are not found. */
const head = `
  import { suite } from '${import.meta.resolve('uvu')}'
  import * as assert from '${import.meta.resolve('uvu/assert')}'
  const made = suite('made up')
`
const passing = `${head}\nmade('passes', () => {})\nmade.run()\n`

function setup(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(scratch, 'run-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const { CI: _ci, NODE_V8_COVERAGE: _coverage, ...env } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/run.ts', `--folder=${folder}`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return { child, folder, output: () => output }
}

async function run(files: Readonly<Record<string, string>>) {
  const { child, output } = setup(files)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output(), lastLine: output().trimEnd().split('\n').at(-1) }
}

/** The runner's verdict on one made-up file beside a passing one. */
async function judge(body: string) {
  const { code, output, lastLine } = await run({
    'unit/passing.test.ts': passing,
    'unit/made.test.ts': head + body,
  })
  return {
    code,
    lastLine,
    reason: /^FAIL {2}unit\/made\.test\.ts: (.*), [\d.]+ s$/m.exec(output)?.[1],
    output,
  }
}

runner('is green when everything passes', async () => {
  const { code, output, lastLine } = await run({
    'a.test.ts': passing,
    'unit/b.test.ts': passing,
    'c.ts': 'x(',
  })
  assert.is(code, 0)
  assert.is(lastLine, '2 passed, 0 failed, 0 skipped')
  assert.match(output, /^ok {4}a\.test\.ts \(1\)/m)
})

runner('turns red on a failing test, and shows it', async () => {
  const { code, lastLine, reason, output } = await judge(`
    made('is wrong', () => assert.is(1, 2))
    made('is right', () => {})
    made.run()
  `)
  assert.equal([code, lastLine, reason], [1, '2 passed, 1 failed, 0 skipped', 'exit code 1'])
  assert.match(output, /FAIL {2}made up {2}"is wrong"/)
})

runner('turns red on a hook that throws', async () => {
  const { code, reason } = await judge(`
    made.before(() => { throw new Error('hook') })
    made('passes', () => {})
    made.run()
  `)
  assert.is(code, 1)
  assert.ok(reason)
})

runner('turns red on a hook that throws after the tests', async () => {
  const { code, reason } = await judge(`
    made.after(() => { throw new Error('hook') })
    made('passes', () => {})
    made.run()
  `)
  assert.is(code, 1)
  assert.ok(reason)
})

runner('turns red on a forgotten run()', async () => {
  const { code, reason } = await judge(`made('never runs', () => assert.unreachable())`)
  assert.equal([code, reason], [1, 'it ran no test'])
})

runner('turns red on a process that leaves in the middle with exit code 0', async () => {
  const { code, lastLine, reason } = await judge(`
    made('passes', () => {})
    made('leaves', () => process.reallyExit(0))
    made.run()
  `)
  assert.equal([code, lastLine, reason], [1, '1 passed, 1 failed, 0 skipped', 'it ran no test'])
})

runner('turns red on an exit code, though all tests pass', async () => {
  const { code, lastLine, reason } = await judge(`
    process.on('beforeExit', () => process.exit(3))
    made('passes', () => {})
    made.run()
  `)
  assert.equal([code, lastLine, reason], [1, '2 passed, 1 failed, 0 skipped', 'exit code 3'])
})

runner('turns red on an error after the last test', async () => {
  const { code, reason } = await judge(`
    made('passes', () => { setTimeout(() => { throw new Error('late') }, 50) })
    made.run()
  `)
  assert.equal([code, reason], [1, 'exit code 1'])
})

runner('turns red on a leaked timer, after the deadline the file asks for', async () => {
  const { code, reason } = await judge(`
    made('leaks', () => { setInterval(() => {}, 1_000) })
    made.run()
// deadline: ${2} s
`)
  assert.equal([code, reason], [1, 'no end after 2 s'])
})

runner('turns red on a file that cannot be read, and on no file at all', async () => {
  const { code, reason } = await judge('made(')
  assert.equal([code, reason], [1, 'exit code 1'])
  assert.is((await run({})).code, 1)
})

runner('says what was skipped and why, and that skipping all is not passing', async () => {
  const skipping = `console.log('SKIP one: needs a cow')\n`
  const beside = await run({ 'passing.test.ts': passing, 'made.test.ts': skipping })
  assert.equal([beside.code, beside.lastLine], [0, '1 passed, 0 failed, 1 skipped'])
  assert.match(beside.output, 'skipped: made.test.ts: one: needs a cow')
  assert.is((await run({ 'made.test.ts': skipping })).code, 1)
})

runner('ends what a test left running', async () => {
  const folder = mkdtempSync(join(scratch, 'run-'))
  const leaving = `${head}
    import { spawn } from 'node:child_process'
    import { writeFileSync } from 'node:fs'
    made('leaves a process behind', () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(child.pid))
      child.unref()
    })
    made.run()
  `
  const { code, output } = await run({ 'made.test.ts': leaving })
  assert.is(code, 0, output)
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
  await waitFor(() => !isRunning(pid), 'the process left behind to end')
})

runner('ends the file it runs when it is ended itself', async () => {
  const folder = mkdtempSync(join(scratch, 'run-'))
  const pidFile = join(folder, 'pid')
  const hanging = `
    import { writeFileSync } from 'node:fs'
    setInterval(() => {}, 1_000)
    writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))
  `
  const { child } = setup({ 'made.test.ts': hanging })
  const pid = await waitFor(
    () => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')),
    'the file to run',
  )
  child.kill('SIGTERM')
  const [, signal] = await once(child, 'exit')
  assert.is(signal, 'SIGTERM')
  await waitFor(() => !isRunning(pid), 'the file to end')
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

runner.run()
