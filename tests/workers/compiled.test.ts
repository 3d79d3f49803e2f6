// shares the machine
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDir } from '../support/temp-dir.ts'

const compiled = suite('compiled build')

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 60_000

/** Runs plain Node.js in the project folder: no tsx, as users have it. */
function node(args: readonly string[]) {
  const { NODE_OPTIONS: _options, ...env } = process.env
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: TIMEOUT_MS })
}

const built = node(['bin/setup.js', '--build'])

compiled('has everything that was asked for', () => {
  assert.is(built.status, 0, built.stderr)
  const entries = readdirSync(`${root}workers`).filter((file) => /\.(worker|task)\.ts$/.test(file))
  assert.ok(entries.length > 0)
  const missing = entries.filter((file) => !existsSync(`${root}dist/workers/${file.replace(/ts$/, 'js')}`))
  assert.equal(missing, [])
})

compiled('starts its command line', () => {
  const { status, stdout, stderr } = node(['bin/ledgrab.js', '--version'])
  assert.equal([status, stderr], [0, ''])
  assert.match(stdout, /^\d+\.\d+\.\d+/)
})

compiled('runs a worker under its supervisor and a task in its pool', () => {
  const dist = new URL('../../dist/', import.meta.url)
  // A file: threads inherit the flags of this process, and --eval is not for them.
  const script = join(tempDir(), 'script.mjs')
  const text = `
    import { Supervisor } from '${dist}src/threads/supervisor.js'
    import { TaskPool } from '${dist}src/threads/task-pool.js'
    const noRecorder = { record() {}, take() {}, countLostInWorker() {} }
    const options = { name: 'Built', mac: 'aabbccddeeff', led_count: 5, http_port: 0, ddp_port: 0, realtime_port: 0 }
    let ports
    const worker = new Supervisor(
      { recorder: noRecorder, log: (_level, message) => console.error(message) },
      { entry: 'virtual-controller', name: 'built', options: () => options, onReport: (report) => { ports = report } },
    )
    const pool = new TaskPool()
    await Promise.all([worker.start(), pool.start()])
    const answer = await pool.probe({ address: '127.0.0.1', port: ports.http_port, timeoutMs: 5_000 })
    await Promise.all([worker.stop(), pool.stop()])
    console.log(JSON.stringify(answer))
  `
  writeFileSync(script, text)
  const { status, stdout, stderr } = node([script])
  assert.is(status, 0, stderr)
  const answer = JSON.parse(stdout) as { ok: boolean; info: { name: string; mac: string } }
  assert.equal([answer.ok, answer.info.name, answer.info.mac], [true, 'Built', 'aabbccddeeff'])
})

compiled.run()
