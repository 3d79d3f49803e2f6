import { EventEmitter, once } from 'node:events'
import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { currentActor, currentOrigin, runAs, runAsSystem } from '../../../src/activity/actor.ts'

const actor = suite('actor')

actor('is the system outside any request', () => {
  assert.is(currentActor(), 'system')
  assert.is(currentOrigin(), undefined)
})

actor('is who the work is run as, with where they came from, and nobody afterwards', () => {
  const seen = runAs('alice', () => [currentActor(), currentOrigin()], { address: '192.168.1.7' })
  assert.equal(seen, ['alice', { address: '192.168.1.7' }])
  assert.is(currentActor(), 'system')
})

actor('is restored when the work throws', () => {
  assert.throws(() =>
    runAs('alice', () => {
      throw new Error('no')
    }),
  )
  assert.is(currentActor(), 'system')
})

actor('stays with each of many pieces of work that interleave', async () => {
  const wrong: string[] = []
  const work = async (name: string): Promise<void> => {
    for (let step = 0; step < 20; step += 1) {
      await [() => Promise.resolve(), () => nextLoop(), () => sleep(1)][step % 3]?.()
      if (currentActor() !== name) wrong.push(`${name} ran as ${currentActor()}`)
    }
  }
  const names = Array.from({ length: 50 }, (_, i) => `client ${i}`)
  await Promise.all(names.map((name) => runAs(name, () => work(name))))
  assert.equal(wrong, [])
  assert.is(currentActor(), 'system')
})

actor('of the inner work does not reach the outer', async () => {
  await runAs('alice', async () => {
    await runAs('bob', async () => {
      await nextLoop()
      assert.is(currentActor(), 'bob')
    })
    assert.is(currentActor(), 'alice')
  })
})

actor('is carried into timers, and is the system in those of a part started as the system', async () => {
  const inTimer = (): Promise<string> =>
    new Promise((resolve) => {
      setTimeout(() => resolve(currentActor()), 1)
    })
  const inImmediate = (): Promise<string> =>
    new Promise((resolve) => {
      setImmediate(() => resolve(currentActor()))
    })
  for (const later of [inTimer, inImmediate]) {
    assert.is(await runAs('alice', later), 'alice')
    assert.is(await runAs('alice', () => runAsSystem(later)), 'system')
    assert.is(await runAs('alice', () => runAsSystem(later), { address: '192.168.1.7' }), 'system')
  }
  assert.is(
    runAs('alice', () => runAsSystem(() => currentOrigin()), { address: '192.168.1.7' }),
    undefined,
  )
})

actor('of a listener is whoever emits, so that a shared emitter lends no name', async () => {
  const emitter = new EventEmitter()
  const seen: string[] = []
  runAs('alice', () => emitter.on('news', () => seen.push(currentActor())))
  runAs('bob', () => emitter.emit('news'))
  emitter.emit('news')
  assert.equal(seen, ['bob', 'system'])

  const heard = runAs('alice', async () => {
    await once(emitter, 'news')
    return currentActor()
  })
  runAs('bob', () => emitter.emit('news'))
  assert.is(await heard, 'alice', 'who awaits goes on as themselves')
})

actor.run()
