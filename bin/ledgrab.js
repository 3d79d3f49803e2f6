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
  import(cli.href)
}
