import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type VerificationOptions, verifyLog } from '../../../src/activity/verification.ts'
import { LogWitness } from '../../../src/activity/witness.ts'
import { LedGrabError } from '../../../src/errors.ts'
import type { ChainLink, VerifyPage } from '../../../src/protocol/log-read.ts'
import { verifyPage } from '../../../workers/log-verify.task.ts'
import { openLog } from '../../support/activity.ts'

const verification = suite('verification')

/** A log of `count` entries, and a walk over it; `between` runs after its first page. */
async function setup(count: number) {
  const log = await openLog()
  const state = await log.repository.readState()
  const write = async (more: number): Promise<void> => {
    for (let n = 0; n < more; n += 1) log.recorder.record('system', 'server_started', { message: `${n}` })
    await log.recorder.flush()
  }
  await write(count)
  const witness = new LogWitness({ ...log, state })
  const pages: VerifyPage[] = []
  const walk = async (
    options: Partial<VerificationOptions> = {},
    between: () => Promise<unknown> = async () => {},
  ) =>
    await verifyLog({
      readPage: async (request) => {
        if (pages.length === 1) await between()
        const page = await verifyPage({ file: log.file, ...request })
        pages.push(page)
        return page
      },
      witness,
      ...options,
    })
  const linkAt = (seq: number): ChainLink => {
    const hash = log.raw.prepare('select hash from activity_log where seq = ?').pluck().get(seq) as Buffer
    return { seq, hash }
  }
  return { ...log, witness, write, walk, pages, linkAt }
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'it did not fail',
    (cause: unknown) => cause,
  )
}

verification('walks in pages up to the head of its beginning', async () => {
  const { walk, pages, write, linkAt } = await setup(2_500)
  const told: unknown[] = []
  const onProgress = (done: number, total: number | undefined): number => told.push([done, total])
  const result = await walk({ onProgress }, () => write(300))
  assert.equal(result, { checked: 2_500, anchorSeq: 0, fault: null, head: result.head })
  assert.is(Buffer.compare(result.head.hash, linkAt(2_500).hash), 0)
  assert.equal(
    pages.map(({ checked }) => checked),
    [1_000, 1_000, 500],
  )
  assert.equal(told, [
    [1_000, 2_500],
    [2_000, 2_500],
    [2_500, 2_500],
  ])
})

verification('without a server walks to the end of the file, also past a noted head', async () => {
  const { walk, linkAt, raw } = await setup(1_500)
  assert.is((await walk({ witness: undefined })).checked, 1_500)
  assert.is((await walk({ witness: undefined, against: linkAt(700) })).checked, 1_500)
  assert.is((await walk({ witness: undefined, against: linkAt(1_500) })).checked, 1_500)
  raw.exec("update activity_log set actor = 'mallory' where seq = 1400")
  assert.equal((await walk({ witness: undefined, against: linkAt(700) })).fault, {
    seq: 1_400,
    problem: 'altered',
  })
})

verification('of an empty log has nothing to find', async () => {
  const { walk, repository } = await setup(0)
  assert.equal([(await walk()).fault, (await walk({ witness: undefined })).checked], [null, 0])
  await repository.clear()
  assert.is((await walk()).fault, null)
})

for (const [cut, rest] of [
  [500, 1_500],
  [1_000, 1_500],
  [1_800, 700],
] as const) {
  verification(`goes on from the new anchor when ${cut} entries are pruned meanwhile`, async () => {
    const { walk, repository } = await setup(2_500)
    const result = await walk({}, () => repository.prune(null, 2_500 - cut))
    assert.equal([result.fault, result.head.seq, result.checked], [null, 2_500, 1_000 + rest])
  })
}

verification('takes a clear meanwhile for none of its business', async () => {
  const { walk, repository, write } = await setup(2_500)
  const result = await walk({}, async () => {
    await repository.clear()
    await write(10)
  })
  assert.equal([result.fault, result.checked, result.head.seq], [null, 1_000, 2_500])
})

verification('does not take for a prune what was removed behind the back of the server', async () => {
  const { walk, raw, linkAt } = await setup(2_500)
  const { hash } = linkAt(1_700)
  const result = await walk({}, async () => {
    raw.exec('delete from activity_log where seq <= 1700')
    raw.prepare('update log_meta set anchor_seq = 1700, anchor_hash = ?').run(hash)
  })
  assert.equal(result.fault, { seq: 1, problem: 'missing' })
})

verification('refuses a noted head that is pruned before the walk has reached it', async () => {
  const { walk, repository, linkAt } = await setup(2_500)
  const cause = await failure(walk({ against: linkAt(1_500) }, () => repository.prune(null, 500)))
  assert.is((cause as LedGrabError).code, 'LG_ENTITY_WRONG_STATE')
  const { walk: other, repository: pruned, linkAt: linkOf } = await setup(20)
  const anchor = linkOf(10)
  await pruned.prune(null, 10)
  assert.is((await other({ against: anchor })).fault, null, 'the anchor itself is still known')
  assert.equal((await other({ against: { seq: 10, hash: Buffer.alloc(32) } })).fault, {
    seq: 10,
    problem: 'altered',
  })
})

verification('names the first of several faults, also one before the noted head', async () => {
  const { walk, raw } = await setup(2_500)
  raw.exec("update activity_log set actor = 'mallory' where seq in (1200, 1300)")
  raw.exec('delete from activity_log where seq = 1250')
  const { fault, checked } = await walk({ against: { seq: 2_000, hash: Buffer.alloc(32) } })
  assert.equal([fault, checked], [{ seq: 1_200, problem: 'altered' }, 1_199])
})

verification('is not misled by entries that are committed while it ends', async () => {
  const { walk, write, recorder } = await setup(1_500)
  const result = await walk({}, async () => {
    await write(5)
    recorder.record('system', 'server_started', { message: 'still queued' })
  })
  assert.is(result.fault, null)
})

verification('ends when nobody waits for it any more', async () => {
  const { walk, pages } = await setup(2_500)
  const leaving = new AbortController()
  const reason = new LedGrabError('LG_THREAD_STOPPED', 'the client has left')
  const cause = await failure(walk({ signal: leaving.signal }, async () => leaving.abort(reason)))
  assert.is(cause, reason)
  assert.is(pages.length, 2)
})

verification.run()
