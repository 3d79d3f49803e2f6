#!/usr/bin/env node
/**
 * Makes a clone ready: installs the dependencies, and with --build compiles to dist/. Does only what is
 * stale, says one line per long step, and is quick when there is nothing to do.
 *
 * Plain JavaScript without dependencies, because it runs before there are any.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeTooOld } from './node-version.js'
import { withLock } from './setup/lock.js'
import * as paths from './setup/paths.js'
import { run, runNpm } from './setup/run.js'
import { adoptInstallation, isBuilt, isInstalled, stampInstallation, toBuildStamp } from './setup/stamps.js'

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    say(error.message)
    process.exitCode = 1
  },
)

async function main(args) {
  const obstacle = nodeTooOld()
  if (obstacle) throw new Error(obstacle)
  const unknown = args.find((arg) => arg !== '--build')
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}; the only one is --build`)
  const wantsBuild = args.includes('--build')
  if (isInstalled() && (!wantsBuild || isBuilt())) return 0
  return withLock(say, async () => {
    // Another setup may have done it while this one waited.
    const code = isInstalled() ? 0 : await install()
    return code !== 0 || !wantsBuild || isBuilt() ? code : build()
  })
}

async function install() {
  if (adoptInstallation()) return 0
  say('installing dependencies, once; about two minutes where better-sqlite3 must be compiled …')
  // The compiler is a dev dependency: NODE_ENV=production must not leave those out.
  const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code === 0) stampInstallation()
  else say('the dependencies could not be installed')
  return code
}

/** Into a folder of its own, so that files removed from the sources go and a failed build changes nothing. */
async function build() {
  say('building …')
  // Before compiling: what is edited meanwhile makes the result stale.
  const stamp = toBuildStamp()
  rmSync(paths.nextDist, { recursive: true, force: true })
  const code = (await compileServer()) || (await buildPage())
  if (code !== 0) {
    rmSync(paths.nextDist, { recursive: true, force: true })
    say('the build failed; what was built before stays')
    return code
  }
  writeFileSync(join(paths.nextDist, paths.BUILD_STAMP), stamp)
  replaceDist()
  return 0
}

function compileServer() {
  const { compiler, nextDist } = paths
  return run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', nextDist])
}

function buildPage() {
  const outDir = join(paths.nextDist, 'web')
  return run(process.execPath, [paths.pageBuilder, 'build', '--outDir', outDir, '--logLevel', 'warn'])
}

function replaceDist() {
  rmSync(paths.oldDist, { recursive: true, force: true })
  if (existsSync(paths.dist)) renameSync(paths.dist, paths.oldDist)
  renameSync(paths.nextDist, paths.dist)
  rmSync(paths.oldDist, { recursive: true, force: true })
}

function say(message) {
  process.stderr.write(`setup: ${message}\n`)
}
