#!/usr/bin/env node
// Starts the compiled command line. It alone decides on the exit code, except where it cannot be started.
import { existsSync } from 'node:fs'
import { nodeTooOld } from './node-version.js'

const cli = new URL('../dist/src/cli/index.js', import.meta.url)
const obstacle =
  nodeTooOld() || (existsSync(cli) ? undefined : 'LedGrab is not built yet. Run: node bin/setup.js --build')

if (obstacle) {
  console.error(obstacle)
  process.exitCode = 1
} else {
  if (process.env.npm_lifecycle_event) stopWithParent()
  void import(cli.href)
}

/**
 * npm starts scripts through a shell, passes SIGTERM to that shell only, and Debian's does not pass it on
 * (dash 0.5.12): the server would stay. So when the shell is gone, this process gets the signal instead.
 */
function stopWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  timer.unref()
}
