import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Serial } from '../../../src/lib/serial.ts'

const serial = suite('serial work')

const nextLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

serial('runs one after the other in the order asked, and keys side by side', async () => {
  const order: string[] = []
  const work = (name: string) => async (): Promise<string> => {
    order.push(`${name} begins`)
    await nextLoop()
    order.push(`${name} ends`)
    return name
  }
  const queue = new Serial()
  const results = await Promise.all([
    queue.run('desk', work('a')),
    queue.run('desk', work('b')),
    queue.run('tv', work('c')),
  ])
  assert.equal(results, ['a', 'b', 'c'])
  assert.equal(order, ['a begins', 'c begins', 'a ends', 'b begins', 'c ends', 'b ends'])
})

serial('goes on after a piece that failed, which only its caller hears of', async () => {
  const queue = new Serial()
  const failing = queue.run('desk', async () => {
    throw new Error('no')
  })
  const next = queue.run('desk', async () => 'done')
  assert.is(await failing.catch((cause: Error) => cause.message), 'no')
  assert.is(await next, 'done')
})

serial.run()
