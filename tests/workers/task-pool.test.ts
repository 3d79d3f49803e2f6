// shares the machine
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LedGrabError } from '../../src/errors.ts'
import { TaskPool } from '../../src/threads/task-pool.ts'
import { openLog } from '../support/activity.ts'

const taskPool = suite('task pool')

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (cause: LedGrabError) => cause.code,
  )
}

taskPool('that is stopped says so to who waits for a task, and to who comes later', async () => {
  const { file, recorder } = await openLog()
  recorder.record('system', 'server_started', { message: 'x' })
  await recorder.flush()
  const pool = new TaskPool()
  assert.is(
    await codeOf(pool.queryPage({ file, filters: {}, limit: 1, beforeSeq: null })),
    'LG_THREAD_STOPPED',
  )
  await pool.start()
  const query = () => pool.queryPage({ file, filters: {}, limit: 1, beforeSeq: null })
  assert.is((await query()).headSeq, 1)
  const underWay = Array.from({ length: 20 }, () => codeOf(query()))
  await pool.stop()
  const codes = await Promise.all(underWay)
  assert.ok(codes.includes('LG_THREAD_STOPPED'))
  assert.ok(
    codes.every((code) => code === 'done' || code === 'LG_THREAD_STOPPED'),
    codes.join(),
  )
  assert.is(await codeOf(query()), 'LG_THREAD_STOPPED')
  await pool.stop()
})

taskPool('passes on what a task failed with while it runs', async () => {
  const pool = new TaskPool()
  await pool.start()
  const missing = pool.findEntry({ file: '/nonexistent/activity.db', id: 'al_00000000' })
  assert.match(await missing.then(String, String), '/nonexistent/activity.db')
  await pool.stop()
})

taskPool.run()
