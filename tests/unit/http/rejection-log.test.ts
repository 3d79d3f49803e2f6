import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RejectionLog, type RejectionLogOptions } from '../../../src/http/rejection-log.ts'
import type { ActivityDetails, Recorder } from '../../../src/protocol/activity.ts'
import { waitFor } from '../../support/wait-for.ts'

const rejectionLog = suite('rejection log')

interface Told {
  readonly action: string
  readonly address: unknown
  readonly count: unknown
  readonly actor: string | undefined
}

function setup(options: Partial<RejectionLogOptions> = {}) {
  const told: Told[] = []
  const recorder: Recorder = {
    record: (_category, action, { actor, metadata }: ActivityDetails) => {
      told.push({ action, actor, address: metadata?.address, count: metadata?.count })
    },
  }
  const log = new RejectionLog({ recorder, ...options })
  const knock = (address = '10.0.0.1', action: 'auth_failed' | 'host_rejected' = 'auth_failed'): boolean =>
    log.reject({ action, address, reason: 'wrong key' })
  return { log, told, knock }
}

rejectionLog('tells the first at once, and its repeats in one entry when the window ends', async () => {
  let nowMs = 0
  const { log, told, knock } = setup({ windowMs: 120, monotonicMs: () => nowMs })
  await log.start()
  for (let i = 0; i < 8; i += 1) knock()
  knock('10.0.0.2')
  const first = { action: 'auth_failed', actor: 'anonymous', count: 1 }
  assert.equal(told, [
    { ...first, address: '10.0.0.1' },
    { ...first, address: '10.0.0.2' },
  ])
  nowMs = 120
  await waitFor(() => told.length > 2, 'the entry with the repeats')
  assert.equal(told.slice(2), [{ ...first, address: '10.0.0.1', count: 7 }], 'none for who came once')
  knock()
  assert.is(told.length, 4, 'the next window begins')
  await log.stop()
})

rejectionLog('folds each kind of an address by itself', () => {
  const { told, knock } = setup()
  for (let i = 0; i < 3; i += 1) {
    knock('10.0.0.1', 'auth_failed')
    knock('10.0.0.1', 'host_rejected')
  }
  assert.equal(
    told.map(({ action }) => action),
    ['auth_failed', 'host_rejected'],
  )
})

rejectionLog('takes all addresses of one IPv6 network for one, and counts them together', () => {
  const { told, knock } = setup({ limit: 3 })
  const answers = Array.from({ length: 5 }, (_, n) => knock(`2001:db8:1:2::${n}`))
  assert.equal(answers, [false, false, false, true, true])
  assert.is(told.length, 1)
  assert.is(knock('2001:db8:1:3::1'), false)
})

rejectionLog('asks to wait beyond the limit, each address by itself', () => {
  const { knock } = setup({ limit: 3 })
  const answers = Array.from({ length: 5 }, () => knock())
  assert.equal(answers, [false, false, false, true, true])
  assert.is(knock('10.0.0.2'), false)
})

rejectionLog('tells what is still folded when it stops, and nothing twice', async () => {
  const { log, told, knock } = setup()
  await log.start()
  knock()
  knock()
  knock()
  await log.stop()
  await log.stop()
  assert.equal(
    told.map(({ count }) => count),
    [1, 2],
  )
})

rejectionLog('keeps to its bound however many addresses knock, and loses none of the count', async () => {
  const { log, told, knock } = setup({ maxAddresses: 10 })
  for (let i = 0; i < 5_000; i += 1) knock(`10.1.${i >> 8}.${i & 255}`)
  assert.is(told.length, 11, 'ten addresses, and one entry for all others')
  await log.stop()
  const total = told.reduce((sum, { count }) => sum + Number(count), 0)
  assert.is(total, 5_000)
})

rejectionLog.run()
