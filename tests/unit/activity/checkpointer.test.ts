import { statSync } from 'node:fs'
import { setImmediate as nextLoop } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Checkpointer } from '../../../src/activity/checkpointer.ts'
import { type CheckpointResult, checkpoint, checkpointBeside } from '../../../src/storage/open.ts'
import { openLog } from '../../support/activity.ts'

const checkpointer = suite('checkpointer')

function setup(result: CheckpointResult | Error) {
  const calls: string[] = []
  const part = new Checkpointer({
    checkpointBeside: async () => {
      calls.push('beside')
      if (result instanceof Error) throw result
      return result
    },
    checkpointHere: () => {
      calls.push('here')
      return { logPages: 0, movedPages: 0 }
    },
    warn: (message) => calls.push(message),
  })
  return { part, calls }
}

checkpointer('waits until there is enough to move', async () => {
  const { part, calls } = setup({ logPages: 900, movedPages: 900 })
  for (let commit = 0; commit < 50; commit += 1) part.noteCommit(128)
  await nextLoop()
  assert.equal(calls, [])
  for (let commit = 0; commit < 10; commit += 1) part.noteCommit(128)
  await nextLoop()
  assert.equal(calls, ['beside'])
})

checkpointer('finishes on this thread only a log that would never end', async () => {
  const short = setup({ logPages: 3_000, movedPages: 2_900 })
  short.part.noteCommit(100_000)
  await nextLoop()
  assert.equal(short.calls, ['beside'])
  const long = setup({ logPages: 5_000, movedPages: 4_900 })
  long.part.noteCommit(100_000)
  await nextLoop()
  assert.equal(long.calls, ['beside', 'here'])
})

checkpointer('goes on after a failure, and not after its stop', async () => {
  const { part, calls } = setup(new Error('no thread'))
  part.noteCommit(100_000)
  await nextLoop()
  part.noteCommit(100_000)
  await nextLoop()
  assert.equal(calls.filter((call) => call === 'beside').length, 2)
  assert.is(calls.length, 4)
  part.stop()
  part.noteCommit(100_000)
  await nextLoop()
  assert.is(calls.length, 4)
})

checkpointer('moves a real write-ahead log beside its writer, which then begins it anew', async () => {
  const { recorder, raw, file } = await openLog()
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      recorder.record('system', 'server_started', { message: 'x'.repeat(500) })
    await recorder.flush()
  }
  await write(1_000)
  const walBytes = statSync(`${file}-wal`).size
  const first = checkpointBeside(file)
  assert.ok(first.logPages > 100)
  assert.is(first.movedPages, first.logPages)
  await write(500)
  assert.is(statSync(`${file}-wal`).size, walBytes, 'it was begun anew, not made longer')
  const second = checkpoint(raw)
  assert.is(second.movedPages, second.logPages)
  assert.ok(second.logPages < first.logPages)
  raw.close()
})

checkpointer.run()
