import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runAs } from '../../../src/activity/actor.ts'
import { HeadLog } from '../../../src/activity/head-log.ts'
import type { ChainLink } from '../../../src/protocol/log-read.ts'
import { openLog } from '../../support/activity.ts'
import { waitFor } from '../../support/wait-for.ts'

const headLog = suite('head of the log in the server log')

/** Prints to `lines` about a hundred times a second or more. */
function start(head: () => ChainLink) {
  const lines: object[] = []
  const info = (message: string, fields: object): number => lines.push({ message, ...fields })
  const part = new HeadLog({ head, info, intervalMs: 1 })
  return { lines, part }
}

headLog('is printed again and again, as it stands then, until it is stopped', async () => {
  const { recorder, raw } = await openLog()
  const { lines, part } = start(() => recorder.committed)
  await runAs('alice', () => part.start())
  await waitFor(() => lines.length > 0, 'the first line')
  recorder.record('system', 'server_started', { message: 'x' })
  await recorder.flush()
  const { length } = lines
  await waitFor(() => lines.length > length, 'a later line')
  await part.stop()
  const hash = (raw.prepare('select hash from activity_log').pluck().get() as Buffer).toString('hex')
  assert.equal(lines.at(-1), { message: 'head of the activity log', seq: 1, hash })
  const stopped = lines.length

  const other = start(() => recorder.committed)
  await other.part.start()
  await waitFor(() => other.lines.length > 5, 'another that goes on')
  await other.part.stop()
  assert.is(lines.length, stopped)
})

headLog.run()
