import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LedGrabError } from '../../../src/errors.ts'
import { withDeadline } from '../../../src/lib/deadline.ts'

const deadline = suite('deadline')

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'it did not reject',
    (cause: unknown) => cause,
  )
}

deadline('gives what the work gives', async () => {
  assert.is(await withDeadline(Promise.resolve(7), 60_000, 'x'), 7)
})

deadline('passes on what the work throws', async () => {
  const cause = new Error('no')
  assert.is(await rejection(withDeadline(Promise.reject(cause), 60_000, 'x')), cause)
})

deadline('says what took too long', async () => {
  const error = await rejection(withDeadline(new Promise(() => {}), 1, 'stopping the clock'))
  assert.instance(error, LedGrabError)
  assert.is((error as LedGrabError).code, 'LG_TIMEOUT')
  assert.is((error as LedGrabError).message, 'stopping the clock took longer than 1 ms')
})

deadline('leaves no timer behind that keeps the process', async () => {
  await withDeadline(Promise.resolve(), 60_000, 'x')
  await rejection(withDeadline(Promise.reject(new Error('no')), 60_000, 'x'))
  assert.not(process.getActiveResourcesInfo().includes('Timeout'))
})

deadline('does not let work that fails too late end the process', async () => {
  let fail = (): void => {}
  const work = new Promise((_resolve, reject) => {
    fail = () => reject(new Error('too late'))
  })
  await rejection(withDeadline(work, 1, 'x'))
  fail()
  await new Promise((resolve) => setImmediate(resolve))
})

deadline.run()
