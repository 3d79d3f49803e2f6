import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './paths.js'

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program in the folder to set up; what it says goes to standard error. Resolves to its exit code,
 * 128 + n when a signal ended it. Signals sent to this process meanwhile are passed on.
 */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  const forward = (signal) => child.kill(signal)
  for (const signal of FORWARDED_SIGNALS) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  }).finally(() => {
    for (const signal of FORWARDED_SIGNALS) process.removeListener(signal, forward)
  })
}

/**
 * Runs npm: the one that runs this script, else the one that came with this Node.js, else the one on the
 * PATH. The first two are started as scripts, which spares the differences between npm and npm.cmd.
 */
export async function runNpm(args) {
  const script = [process.env.npm_execpath, ...npmBesideNode()].find(
    (file) => file !== undefined && /npm-cli\.c?js$/.test(file) && existsSync(file),
  )
  if (script !== undefined) return run(process.execPath, [script, ...args])
  const isWindows = process.platform === 'win32'
  try {
    // Node.js starts a .cmd file through a shell only; the arguments are ours.
    return await run(isWindows ? 'npm.cmd' : 'npm', args, { shell: isWindows })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    throw new Error('npm was not found. It comes with Node.js; where it is a package of its own, install it.')
  }
}

function npmBesideNode() {
  const script = join('node_modules', 'npm', 'bin', 'npm-cli.js')
  const folder = dirname(process.execPath)
  return [join(folder, script), join(folder, '..', 'lib', script)]
}
