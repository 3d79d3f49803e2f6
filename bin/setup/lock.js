import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setupLock } from './paths.js'

const POLL_MS = 200
/** A process id may have been given to another process since; no setup takes this long. */
const MAX_AGE_MS = 30 * 60_000
/** Between creating a file and writing to it a process needs less than this. */
const EMPTY_AGE_MS = 5_000

/** Runs `work` while no other setup of this folder runs; waits for one that does. */
export async function withLock(say, work) {
  await acquire(say)
  const release = () => rmSync(setupLock, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

async function acquire(say) {
  let hasSaid = false
  while (!create(setupLock)) {
    if (isStale(setupLock)) {
      removeStale()
      continue
    }
    if (!hasSaid) say(`waiting for another setup of this folder (process ${readOwner(setupLock)}) …`)
    hasSaid = true
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function create(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

// Judged again under a lock of its own: of two that see a stale lock, the slower must not remove what
// the quicker has created in its place.
function removeStale() {
  const guard = `${setupLock}.stale`
  if (!create(guard)) {
    if (isStale(guard)) rmSync(guard, { force: true })
    return
  }
  try {
    if (isStale(setupLock)) rmSync(setupLock, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

/** Left behind by a process that is gone. */
function isStale(file) {
  const owner = readOwner(file)
  const ageMs = ageOf(file)
  if (owner === '') return ageMs > EMPTY_AGE_MS
  return ageMs > MAX_AGE_MS || !isRunning(Number(owner))
}

function readOwner(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It runs, and belongs to somebody else.
    return error.code === 'EPERM'
  }
}
