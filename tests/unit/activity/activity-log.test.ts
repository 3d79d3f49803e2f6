import { readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ActivityLog, type ActivityLogOptions } from '../../../src/activity/activity-log.ts'
import type { LedGrabError } from '../../../src/errors.ts'
import { damageUnder } from '../../support/damage.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { verifyFile } from '../../support/verify-file.ts'

const activityLog = suite('activity log with a damaged file')

async function open(file: string, options: Partial<ActivityLogOptions> = {}) {
  const published: [number, string][] = []
  const log = await ActivityLog.open(file, {
    enabled: true,
    replaceDamaged: true,
    publish: (entries) =>
      published.push(...entries.map(({ seq, row }): [number, string] => [seq, row.message])),
    warn: () => {},
    retry: { firstMs: 1, capMs: 5 },
    ...options,
  })
  return { log, published }
}

function say(log: ActivityLog, message: string): void {
  log.recorder.record('system', 'server_started', { message })
}

function asideIn(file: string): readonly string[] {
  return readdirSync(dirname(file)).filter((name) => name.includes('.damaged-'))
}

/** Until also what recording itself set off is on disk. */
async function settle(log: ActivityLog): Promise<void> {
  await log.recorder.flush()
  await log.recorder.flush()
}

activityLog('puts it aside at the start, and begins a new log that says so', async () => {
  const file = join(tempDir(), 'activity.db')
  writeFileSync(file, 'this is no database'.repeat(1_000))
  const { log, published } = await open(file, { nowMs: () => Date.UTC(2026, 10, 23, 4, 34, 49) })
  await settle(log)
  assert.equal(asideIn(file), ['activity.db.damaged-20261123T043449Z'])
  assert.equal(published, [
    [
      1,
      'The file of the activity log was damaged and is kept as activity.db.damaged-20261123T043449Z; a new log begins here.',
    ],
  ])
  log.file.raw.close()
})

activityLog('refuses it where it may not be replaced', async () => {
  const file = join(tempDir(), 'activity.db')
  writeFileSync(file, 'this is no database'.repeat(1_000))
  const error = await open(file, { replaceDamaged: false }).catch((cause: unknown) => cause)
  assert.is((error as LedGrabError).code, 'LG_STORAGE_CORRUPT')
  assert.equal(asideIn(file), [])
})

activityLog('replaces it while it is written, and loses no record that was waiting', async () => {
  const file = join(tempDir(), 'activity.db')
  const steps: string[] = []
  const { log, published } = await open(file, {
    onReplacing: async () => void steps.push('replacing'),
    onReplaced: async ({ headSeq }) => void steps.push(`goes on from ${headSeq}`),
  })
  const before = log.state.logId
  for (let n = 1; n <= 200; n += 1) say(log, `old ${n}`)
  await settle(log)
  damageUnder(log.file.raw, file)
  published.length = 0

  say(log, 'new 1')
  say(log, 'new 2')
  await settle(log)
  say(log, 'new 3')
  await settle(log)
  assert.equal(steps, ['replacing', 'goes on from 0'])
  assert.is(asideIn(file).length, 1)
  assert.not(log.state.logId === before, 'it is another log')
  assert.equal(
    published.map(([seq]) => seq),
    [1, 2, 3, 4],
  )
  assert.equal(
    published.map(([, message]) => message).filter((message) => message.startsWith('new')),
    ['new 1', 'new 2', 'new 3'],
  )
  const { accepted, stored, queued } = log.recorder.counts()
  assert.equal([accepted, queued], [stored, 0])
  log.file.raw.close()
  assert.equal(await verifyFile(file), { ok: true, checked: 4 })
})

activityLog('replaces it when other work on it finds the damage, and does that work again', async () => {
  const file = join(tempDir(), 'activity.db')
  const { log } = await open(file)
  for (let n = 1; n <= 200; n += 1) say(log, `old ${n}`)
  await settle(log)
  damageUnder(log.file.raw, file)
  const gone = await log.mending(() => log.repository.pruneChunk({ beforeMs: null, maxEntries: 100 }, 50))
  assert.is(gone.count, 0, 'the new log has nothing to prune')
  say(log, 'goes on')
  await settle(log)
  assert.is((await log.repository.query({}, 1)).rows[0]?.message, 'goes on')
  log.file.raw.close()
  assert.ok((await verifyFile(file)).ok)
})

activityLog('is not replaced again and again on a disk that damages every file', async () => {
  const file = join(tempDir(), 'activity.db')
  const { log } = await open(file)
  for (const round of [1, 2]) {
    for (let n = 1; n <= 200; n += 1) say(log, `${round} ${n}`)
    await settle(log)
    damageUnder(log.file.raw, file)
    say(log, 'x')
    if (round === 1) await settle(log)
  }
  while (log.recorder.outage === undefined) await new Promise((resolve) => setImmediate(resolve))
  assert.is(log.recorder.outage.reason, 'its file is damaged')
  assert.is(asideIn(file).length, 1)
  assert.is(log.recorder.flushSync(), 0)
  assert.ok(
    readdirSync(dirname(file)).some((name) => name.startsWith('spill-')),
    'what could not be written waits for the next start',
  )
  log.file.raw.close()

  const next = await open(file)
  await settle(next.log)
  assert.is(asideIn(file).length, 2)
  assert.ok(next.published.some(([, message]) => message.startsWith('1 entry that an earlier run')))
  next.log.file.raw.close()
})

activityLog.run()
