import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ActivityLog } from '../../../src/activity/activity-log.ts'
import { writeSpill } from '../../../src/activity/spill.ts'
import type { ActivityRow } from '../../../src/storage/row-types.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { verifyFile } from '../../support/verify-file.ts'

const spill = suite('spill files')

function open(file: string, warnings: string[] = []) {
  return ActivityLog.open(file, {
    enabled: true,
    replaceDamaged: false,
    publish: () => {},
    warn: (message) => warnings.push(message),
  })
}

function say(log: ActivityLog, message: string): void {
  log.recorder.record('system', 'server_started', { message })
}

/** A log with one entry, and rows of a later run that could not be committed: they are in a spill file. */
async function setup(messages: readonly string[]) {
  const file = join(tempDir(), 'activity.db')
  const log = await open(file)
  say(log, 'committed')
  await log.recorder.flush()
  for (const message of messages) say(log, message)
  // What a failing disk does to the last write.
  log.file.raw.pragma('query_only = ON')
  assert.is(log.recorder.flushSync(), 0)
  log.file.raw.close()
  const [name = ''] = spillsIn(file)
  return { file, spillFile: join(dirname(file), name) }
}

function spillsIn(file: string): readonly string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith('spill-'))
}

async function messagesOf(log: ActivityLog): Promise<readonly string[]> {
  await log.recorder.flush()
  const { rows } = await log.repository.query({}, 100)
  return rows.map(({ message }) => message).reverse()
}

spill('are brought in by the next start, once, and go', async () => {
  const { file, spillFile } = await setup(['late 1', 'late 2'])
  const text = readFileSync(spillFile, 'utf8')
  assert.is(text.split('\n').length, 4)

  const next = await open(file)
  assert.equal(await messagesOf(next), [
    'committed',
    'late 1',
    'late 2',
    '2 entries that an earlier run could not commit were brought into the log.',
  ])
  assert.not(existsSync(spillFile))
  next.file.raw.close()

  // The power went between the commit and the removal of the file.
  writeFileSync(spillFile, text)
  const third = await open(file)
  assert.is((await messagesOf(third)).length, 4)
  assert.not(existsSync(spillFile))
  third.file.raw.close()
  assert.equal(await verifyFile(file), { ok: true, checked: 4 })
})

spill('bring in no entry whose commit had reached the disk although it was reported as failed', async () => {
  const { file, spillFile } = await setup(['late'])
  const text = readFileSync(spillFile, 'utf8')
  const next = await open(file)
  await messagesOf(next)
  next.file.raw.close()
  // The same rows under another id: what is left of them is only their place and their hash.
  const id = '11111111-1111-4111-8111-111111111111'
  const again = join(dirname(file), `spill-${id}.ndjson`)
  writeFileSync(again, text.replace(/"spill":"[^"]+"/, `"spill":"${id}"`))
  const third = await open(file)
  assert.is((await messagesOf(third)).filter((message) => message === 'late').length, 1)
  third.file.raw.close()
})

spill('that were torn give what is readable, and the log says how many are not', async () => {
  const { file, spillFile } = await setup(['late 1', 'late 2', 'late 3'])
  const lines = readFileSync(spillFile, 'utf8').split('\n')
  writeFileSync(spillFile, `${lines.slice(0, 3).join('\n')}\n${lines[3]?.slice(0, 40)}`)
  const next = await open(file)
  const messages = await messagesOf(next)
  assert.equal(messages.slice(1, 3), ['late 1', 'late 2'])
  assert.match(messages[3] ?? '', /brought into the log\. 1 more could not be read\.$/)
  next.file.raw.close()
  assert.equal(await verifyFile(file), { ok: true, checked: 4 })
})

spill('that cannot be read at all are set aside, and the server starts', async () => {
  const { file, spillFile } = await setup(['late'])
  writeFileSync(spillFile, 'garbage')
  const warnings: string[] = []
  const next = await open(file, warnings)
  assert.equal(await messagesOf(next), ['committed'])
  assert.equal(warnings, ['a file of unwritten entries cannot be read and is set aside'])
  assert.ok(existsSync(`${spillFile}.unreadable`))
  next.file.raw.close()
})

spill('leave nothing behind when they cannot be written', () => {
  const folder = join(tempDir(), 'gone')
  mkdirSync(folder)
  rmSync(folder, { recursive: true })
  const row: ActivityRow = {
    seq: 1,
    ts: 0,
    category: 'system',
    action: 'server_started',
    severity: 'info',
    actor: 'system',
    message: 'x',
    entity_type: null,
    entity_id: null,
    entity_name: null,
    metadata: '{}',
    hash: Buffer.alloc(32),
  }
  assert.throws(() => writeSpill(folder, [row]), 'ENOENT')
})

spill.run()
