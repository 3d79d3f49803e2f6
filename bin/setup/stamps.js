import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as paths from './paths.js'

/** Whether node_modules holds what package-lock.json says, for this Node.js on this machine. */
export function isInstalled() {
  return readOrEmpty(paths.installStamp) === toInstallStamp()
}

export function stampInstallation() {
  writeFileSync(paths.installStamp, toInstallStamp())
}

/**
 * Accepts what somebody installed by hand, `npm install` for example: every package of package-lock.json
 * is there in its version, and the native one loads. Another Node.js than last time is never accepted.
 */
export function adoptInstallation() {
  if (existsSync(paths.installStamp) && readOrEmpty(paths.installStamp).split('\n')[1] !== platform)
    return false
  if (!holdsAllPackages() || !loadsNativePackage()) return false
  stampInstallation()
  return true
}

/** What dist/ must have been built from. Reads every source file. */
export function toBuildStamp() {
  const hash = createHash('sha256')
  for (const file of listSources()) {
    hash.update(`${file}\0`)
    hash.update(readFileSync(join(paths.root, file)))
  }
  return hash.digest('hex')
}

export function isBuilt() {
  return readOrEmpty(join(paths.dist, paths.BUILD_STAMP)) === toBuildStamp()
}

// A native module fits one ABI on one platform.
const platform = `${process.versions.modules} ${process.platform} ${process.arch}`

function toInstallStamp() {
  const hash = createHash('sha256').update(readOrEmpty(paths.lockfile)).digest('hex')
  return `${hash}\n${platform}`
}

function holdsAllPackages() {
  const wanted = readPackages(paths.lockfile)
  const installed = readPackages(paths.installedLockfile)
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    // Optional packages are those of other platforms.
    if (found === undefined) return optional === true
    return found.version === version && found.integrity === integrity
  })
}

function readPackages(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {}
}

function loadsNativePackage() {
  if (!('node_modules/better-sqlite3' in readPackages(paths.lockfile))) return true
  try {
    const Database = createRequire(paths.lockfile)('better-sqlite3')
    new Database(':memory:').close()
    return true
  } catch {
    return false
  }
}

function listSources() {
  const inFolders = ['src', 'workers']
    .filter((folder) => existsSync(join(paths.root, folder)))
    .flatMap(listFiles)
  const atRoot = readdirSync(paths.root).filter((file) =>
    /^((tsconfig.*|package-lock)\.json|vite\.config\.ts)$/.test(file),
  )
  return [...inFolders, ...atRoot].sort()
}

function listFiles(folder) {
  return readdirSync(join(paths.root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(join(paths.root, file)).isFile())
}

function readOrEmpty(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
