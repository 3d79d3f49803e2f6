import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Receipt } from '../../../src/activity/committer.ts'
import { createSharedRecords, Intake } from '../../../src/activity/intake.ts'
import { toDraft, type WorkerDraft } from '../../../src/protocol/activity-draft.ts'
import { MAX_UNREAD_BYTES, MAX_UNSETTLED_RECORDS } from '../../../src/protocol/shared-records.ts'
import { RecordOutbox } from '../../../src/threads/inside/record-outbox.ts'

const outboxes = suite('record outbox')

function setup() {
  const records = createSharedRecords()
  const taken: WorkerDraft[] = []
  const receipts: Receipt[] = []
  const lost: [string, number][] = []
  let calls = 0
  const outbox = new RecordOutbox(records, () => {
    calls += 1
  })
  const intake = new Intake(records, {
    take: (draft, receipt) => {
      taken.push(draft)
      receipts.push(receipt)
    },
    countLostInWorker: (category, count) => lost.push([category, count]),
  })
  return { outbox, intake, taken, receipts, lost, calls: () => calls }
}

function draftOf(message: string, metadata = {}): WorkerDraft {
  const context = { tsMs: 1_700_000_000_000, actor: 'system' }
  const { actor: _actor, ...draft } = toDraft('device', 'device_discovered', { message, metadata }, context)
  return draft
}

outboxes('hands over drafts as they are', () => {
  const { outbox, intake, taken } = setup()
  const drafts = [draftOf('one', { list: [1, 'a "quoted" word'] }), draftOf('zwei äöü 😀')]
  for (const draft of drafts) outbox.put(draft)
  intake.takeAll()
  assert.equal(taken, drafts)
})

outboxes('calls once for many records, and again after all were taken', () => {
  const { outbox, intake, calls } = setup()
  for (let n = 0; n < 100; n += 1) outbox.put(draftOf(`${n}`))
  assert.is(calls(), 1)
  intake.takeSoon()
  outbox.put(draftOf('later'))
  assert.is(calls(), 2)
})

outboxes('has room for so many records until some of them are settled', () => {
  const { outbox, intake, receipts } = setup()
  for (let n = 0; n < MAX_UNSETTLED_RECORDS; n += 1) {
    assert.ok(outbox.hasRoom)
    outbox.put(draftOf('x'))
  }
  intake.takeAll()
  assert.not(outbox.hasRoom, 'taken is not settled')
  receipts[0]?.settled()
  assert.ok(outbox.hasRoom)
  outbox.put(draftOf('x'))
  assert.not(outbox.hasRoom)
})

outboxes('counts what is dropped by category, and what finds no room in the memory', () => {
  const { outbox, intake, taken, lost } = setup()
  outbox.countLost('auth')
  outbox.countLost('system')
  outbox.countLost('auth')
  const large = draftOf('large', { padding: 'x'.repeat(8_000) })
  const count = Math.ceil(MAX_UNREAD_BYTES / 8_000)
  for (let n = 0; n < count; n += 1) outbox.put(large)
  intake.takeAll()
  assert.equal(lost, [
    ['auth', 2],
    ['device', count - taken.length],
    ['system', 1],
  ])
  assert.ok(taken.length > count / 3, `${taken.length} of ${count}`)
  lost.length = 0
  outbox.put(large)
  intake.takeAll()
  assert.equal(lost, [], 'there is room again, and each loss was told once')
})

outboxes.run()
