import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const setupScript = suite('bin/setup.js')

const bin = fileURLToPath(new URL('../../bin', import.meta.url))
const scratch = tempDir()

/** Stands in for npm: notes its calls, and installs a compiler that copies instead of compiling. */
const npm = `
  const fs = require('node:fs')
  fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n')
  if (fs.existsSync('npm-fails')) { console.error('npm says no'); process.exit(7) }
  const until = Date.now() + Number(process.env.NPM_TAKES_MS ?? 0)
  while (Date.now() < until);
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules/typescript/bin', { recursive: true })
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
  fs.copyFileSync('tsc', 'node_modules/typescript/bin/tsc')
  fs.mkdirSync('node_modules/vite/bin', { recursive: true })
  fs.copyFileSync('vite', 'node_modules/vite/bin/vite.js')
`
const compiler = `
  const fs = require('node:fs')
  fs.appendFileSync('tsc.log', 'called\\n')
  const out = process.argv[process.argv.indexOf('--outDir') + 1]
  fs.cpSync('src', out + '/src', { recursive: true })
  if (fs.readFileSync('src/a.ts', 'utf8').includes('wrong')) { console.error('src/a.ts: wrong'); process.exit(2) }
`
/** Stands in for Vite. */
const pageBuilder = `
  const fs = require('node:fs')
  const out = process.argv[process.argv.indexOf('--outDir') + 1]
  fs.mkdirSync(out, { recursive: true })
  fs.writeFileSync(out + '/index.html', 'page')
  if (fs.existsSync('vite-fails')) { console.error('vite says no'); process.exit(3) }
`

function clone(engines = '>=20.19') {
  const folder = mkdtempSync(join(scratch, 'clone-'))
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  cpSync(bin, join(folder, 'bin'), { recursive: true })
  write('package.json', JSON.stringify({ type: 'module', engines: { node: engines } }))
  write(
    'package-lock.json',
    JSON.stringify({ packages: { '': {}, 'node_modules/typescript': { version: '1.0.0' } } }),
  )
  write('npm/package.json', '{"type":"commonjs"}')
  write('npm/npm-cli.js', npm)
  write('tsc', compiler)
  write('vite', pageBuilder)
  write('src/a.ts', 'export const a = 1')
  write('workers/b.ts', 'export const b = 1')
  write('tsconfig.build.json', '{}')
  const read = (file: string): string =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : ''
  return { folder, write, read, calls: (log: string) => read(log).split('\n').length - 1 }
}

async function run(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(folder, 'bin', 'setup.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, npm_execpath: join(folder, 'npm', 'npm-cli.js'), ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += text
  })
  child.stderr.on('data', (text: Buffer) => {
    stderr += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

setupScript('says in one sentence that Node.js is too old', async () => {
  const { folder, calls } = clone('>=99.1')
  const { code, stderr } = await run(folder, [])
  assert.is(code, 1)
  assert.is(stderr.trim().split('\n').length, 1)
  assert.match(stderr, `needs Node.js 99.1 or newer; this is ${process.versions.node}`)
  assert.is(calls('npm.log'), 0)
})

setupScript('installs once, then has nothing to say', async () => {
  const { folder, read, calls } = clone()
  const first = await run(folder, [])
  assert.equal([first.code, first.stdout], [0, ''])
  assert.match(first.stderr, /^setup: installing dependencies, once; .*\n$/)
  assert.match(read('npm.log'), /^ci --include=dev /)
  assert.equal(await run(folder, []), { code: 0, stdout: '', stderr: '' })
  assert.is(calls('npm.log'), 1)
})

setupScript('installs again when package-lock.json changed', async () => {
  const { folder, write, calls } = clone()
  await run(folder, [])
  write(
    'package-lock.json',
    JSON.stringify({ packages: { 'node_modules/typescript': { version: '1.0.1' } } }),
  )
  await run(folder, [])
  assert.is(calls('npm.log'), 2)
})

setupScript('installs again for another Node.js, even if all packages are there', async () => {
  const { folder, read, write, calls } = clone()
  await run(folder, [])
  const [hash] = read('node_modules/.ledgrab-setup').split('\n')
  write('node_modules/.ledgrab-setup', `${hash}\n1 linux x64`)
  await run(folder, [])
  assert.is(calls('npm.log'), 2)
})

setupScript('accepts what was installed by hand', async () => {
  const { folder, read, write, calls } = clone()
  write('node_modules/.package-lock.json', read('package-lock.json'))
  assert.equal(await run(folder, []), { code: 0, stdout: '', stderr: '' })
  assert.is(calls('npm.log'), 0)
})

setupScript('does not accept a package in another version, or a missing one', async () => {
  for (const packages of [{ 'node_modules/typescript': { version: '0.9.0' } }, {}]) {
    const { folder, write, calls } = clone()
    write('node_modules/.package-lock.json', JSON.stringify({ packages }))
    await run(folder, [])
    assert.is(calls('npm.log'), 1)
  }
})

setupScript('does not miss optional packages of other platforms', async () => {
  const { folder, write, calls } = clone()
  const other = { 'node_modules/other': { version: '1.0.0', optional: true } }
  write('package-lock.json', JSON.stringify({ packages: other }))
  write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
  await run(folder, [])
  assert.is(calls('npm.log'), 0)
})

setupScript('passes the failure of npm on and tries again next time', async () => {
  const { folder, write, calls } = clone()
  write('npm-fails', '')
  const failed = await run(folder, ['--build'])
  assert.is(failed.code, 7)
  assert.match(failed.stderr, 'npm says no')
  assert.is(calls('tsc.log'), 0)
  rmSync(join(folder, 'npm-fails'))
  assert.is((await run(folder, ['--build'])).code, 0)
  assert.is(calls('npm.log'), 2)
})

setupScript('builds when a source changed, appeared or went, and only then', async () => {
  const { folder, write, calls } = clone()
  assert.is((await run(folder, ['--build'])).code, 0)
  assert.equal(await run(folder, ['--build']), { code: 0, stdout: '', stderr: '' })
  assert.is(calls('tsc.log'), 1)
  const changes = [
    () => write('src/a.ts', 'export const a = 2'),
    () => write('workers/c.ts', ''),
    () => rmSync(join(folder, 'workers/c.ts')),
    () => write('tsconfig.json', '{}'),
    () => write('vite.config.ts', ''),
    () => write('src/web/index.html', ''),
    () => rmSync(join(folder, 'dist'), { recursive: true }),
  ]
  for (const [index, change] of changes.entries()) {
    change()
    const { code, stderr } = await run(folder, ['--build'])
    assert.equal([code, stderr, calls('tsc.log')], [0, 'setup: building …\n', index + 2])
  }
})

setupScript('removes from dist what is no longer in the sources', async () => {
  const { folder, write } = clone()
  write('src/old.ts', '')
  await run(folder, ['--build'])
  assert.ok(existsSync(join(folder, 'dist/src/old.ts')))
  rmSync(join(folder, 'src/old.ts'))
  await run(folder, ['--build'])
  assert.not.ok(existsSync(join(folder, 'dist/src/old.ts')))
  for (const left of ['dist.next', 'dist.old', '.ledgrab-setup.lock']) {
    assert.not.ok(existsSync(join(folder, left)), left)
  }
})

setupScript('keeps the old build when a new one fails, and tries again next time', async () => {
  const { folder, read, write } = clone()
  await run(folder, ['--build'])
  write('src/a.ts', 'wrong')
  for (const _attempt of [1, 2]) {
    const { code, stderr } = await run(folder, ['--build'])
    assert.is(code, 2)
    assert.match(stderr, 'src/a.ts: wrong')
    assert.is(read('dist/src/a.ts'), 'export const a = 1')
  }
})

setupScript('builds the page beside the server, and keeps the old build when the page fails', async () => {
  const { folder, read, write } = clone()
  await run(folder, ['--build'])
  assert.is(read('dist/web/index.html'), 'page')
  write('src/a.ts', 'export const a = 2')
  write('vite-fails', '')
  const { code, stderr } = await run(folder, ['--build'])
  assert.is(code, 3)
  assert.match(stderr, 'vite says no')
  assert.is(read('dist/src/a.ts'), 'export const a = 1')
})

setupScript('installs and builds once when started twice at a time', async () => {
  const { folder, calls } = clone()
  const starts = [1, 2, 3].map(() => run(folder, ['--build'], { NPM_TAKES_MS: '500' }))
  const ends = await Promise.all(starts)
  assert.equal(
    ends.map(({ code }) => code),
    [0, 0, 0],
  )
  assert.equal([calls('npm.log'), calls('tsc.log')], [1, 1])
  const waited = ends.filter(({ stderr }) => stderr.includes('waiting for another setup'))
  assert.is(waited.length, 2)
})

setupScript('takes over the lock of a setup that was killed', async () => {
  const { folder, read, calls } = clone()
  const child = spawn(process.execPath, [join(folder, 'bin', 'setup.js')], {
    stdio: 'ignore',
    env: { ...process.env, npm_execpath: join(folder, 'npm', 'npm-cli.js'), NPM_TAKES_MS: '1000' },
  })
  await waitFor(() => calls('npm.log') === 1, 'npm to be called')
  assert.is(read('.ledgrab-setup.lock').trim(), String(child.pid))
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.is((await run(folder, [])).code, 0)
  assert.is(calls('npm.log'), 2)
})

setupScript('refuses an option it does not know', async () => {
  const { folder, calls } = clone()
  const { code, stderr } = await run(folder, ['--biuld'])
  assert.is(code, 1)
  assert.match(stderr, 'unknown option --biuld')
  assert.is(calls('npm.log'), 0)
})

const launcher = (folder: string) => {
  const child = spawn(process.execPath, [join(folder, 'bin', 'ledgrab.js'), 'serve'])
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr += text
  })
  return once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }))
}

setupScript('leaves bin/ledgrab.js to say that there is no build', async () => {
  const { folder } = clone()
  assert.equal(await launcher(folder), {
    code: 1,
    stderr: 'LedGrab is not built yet. Run: node bin/setup.js --build\n',
  })
})

setupScript('leaves the exit code of bin/ledgrab.js to the command line', async () => {
  const { folder, write } = clone()
  write('dist/src/cli/index.js', `process.exitCode = process.argv[2] === 'serve' ? 5 : 6`)
  assert.is((await launcher(folder)).code, 5)
  assert.is((await launcher(clone('>=99').folder)).code, 1)
})

setupScript('lets a server that npm started hear that npm was told to end', async () => {
  const { folder, write, read } = clone()
  write(
    'dist/src/cli/index.js',
    `import { writeFileSync } from 'node:fs'
    const file = new URL('../../../told', import.meta.url)
    const timer = setInterval(() => {}, 1_000)
    process.once('SIGTERM', () => { writeFileSync(file, 'SIGTERM'); clearInterval(timer) })
    writeFileSync(file, 'up')`,
  )
  // As npm does it: through a shell, which gets the signal and here does not become the program.
  const shell = spawn('sh', ['-c', `"${process.execPath}" bin/ledgrab.js serve; true`], {
    cwd: folder,
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: 'ignore',
  })
  await waitFor(() => read('told') === 'up', 'the server to be up')
  shell.kill('SIGTERM')
  await waitFor(() => read('told') === 'SIGTERM', 'the server to be told')
})

setupScript.run()
