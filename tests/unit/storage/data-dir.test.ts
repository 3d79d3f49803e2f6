import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { withDeadline } from '../../../src/lib/deadline.ts'
import { dataDirFiles, lockDataDir } from '../../../src/storage/data-dir.ts'
import { asNobody } from '../../support/as-nobody.ts'
import { tempDir } from '../../support/temp-dir.ts'

const dataDir = suite('data directory')

const HOLDER = fileURLToPath(new URL('../../support/hold-data-dir.ts', import.meta.url))
const DEADLINE_MS = 20_000

type Holder = ChildProcessByStdio<Writable, Readable, null>

/** A process that tried to take the lock, and the word it said: `held`, or the code of its error. */
async function startHolder(folder: string): Promise<{ readonly holder: Holder; readonly word: string }> {
  const holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [said] = await withDeadline(once(holder.stdout, 'data'), DEADLINE_MS, 'the other process')
  return { holder, word: String(said).trim() }
}

async function ended(holder: Holder): Promise<void> {
  if (holder.exitCode === null && holder.signalCode === null)
    await withDeadline(once(holder, 'exit'), DEADLINE_MS, 'the end of the other process')
}

function refusal(work: () => unknown): LedGrabError {
  try {
    work()
  } catch (cause) {
    assert.instance(cause, LedGrabError)
    return cause as LedGrabError
  }
  throw new Error('it was not refused')
}

dataDir('has its files side by side', () => {
  assert.equal(dataDirFiles('/data'), {
    activity: join('/data', 'activity.db'),
    ledgrab: join('/data', 'ledgrab.db'),
    lock: join('/data', 'ledgrab.lock'),
  })
})

dataDir('is made where it is missing, for its owner only', () => {
  const folder = join(tempDir(), 'some', 'where')
  const lock = lockDataDir(folder)
  assert.is(statSync(folder).mode & 0o777, 0o700)
  assert.ok(existsSync(dataDirFiles(folder).lock))
  lock.release()
})

dataDir('is refused twice in one process, and free after its release', () => {
  const folder = tempDir()
  const lock = lockDataDir(folder)
  const error = refusal(() => lockDataDir(folder))
  assert.is(error.code, 'LG_STORAGE_LOCKED')
  assert.match(error.message, folder)
  lock.release()
  lockDataDir(folder).release()
})

dataDir('is refused to a second process, and free when the first stops', async () => {
  const folder = tempDir()
  const { holder, word } = await startHolder(folder)
  assert.is(word, 'held')
  assert.is(refusal(() => lockDataDir(folder)).code, 'LG_STORAGE_LOCKED')
  assert.is((await startHolder(folder)).word, 'LG_STORAGE_LOCKED')
  holder.stdin.end()
  await ended(holder)
  lockDataDir(folder).release()
})

dataDir('is free at once after its process was killed', async () => {
  const folder = tempDir()
  const { holder, word } = await startHolder(folder)
  assert.is(word, 'held')
  holder.kill('SIGKILL')
  await ended(holder)
  lockDataDir(folder).release()
})

dataDir('can be released twice', () => {
  const lock = lockDataDir(tempDir())
  lock.release()
  lock.release()
})

dataDir('that is a file is refused with its path and what to do', () => {
  const file = join(tempDir(), 'file')
  writeFileSync(file, '')
  const error = refusal(() => lockDataDir(file))
  assert.is(error.code, 'LG_STORAGE_UNWRITABLE')
  assert.match(error.message, file)
  assert.match(error.message, '--data-dir')
})

dataDir('that may not be written is refused', () => {
  const folder = join(tempDir(), 'locked')
  mkdirSync(folder)
  chmodSync(folder, 0o500)
  assert.is(refusal(() => asNobody(() => lockDataDir(folder))).code, 'LG_STORAGE_UNWRITABLE')
})

dataDir('whose lock is no lock is refused, not taken for free', () => {
  const folder = tempDir()
  writeFileSync(dataDirFiles(folder).lock, 'not a database, and longer than the header of one'.repeat(10))
  assert.is(refusal(() => lockDataDir(folder)).code, 'LG_STORAGE_CORRUPT')
})

dataDir.run()
