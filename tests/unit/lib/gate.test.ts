import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Gate } from '../../../src/lib/gate.ts'

const gate = suite('gate')

gate('lets through at once, and what follows when the interval is over, once', async () => {
  const one = new Gate(30)
  const startedMs = performance.now()
  assert.ok(one.pass(() => {}))
  let calls = 0
  await new Promise<void>((resolve) => {
    const again = (): void => {
      calls += 1
      resolve()
    }
    assert.not(one.pass(again))
    assert.not(one.pass(again))
    // The gate's own timer keeps no process alive.
    const alive = setInterval(() => calls > 0 && clearInterval(alive), 5)
  })
  assert.is(calls, 1)
  assert.ok(performance.now() - startedMs >= 29)
  assert.ok(one.pass(() => {}))
})

gate('calls nobody after it was closed', async () => {
  const one = new Gate(5)
  one.pass(() => {})
  let calls = 0
  one.pass(() => {
    calls += 1
  })
  one.close()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(calls, 0)
})

gate.run()
