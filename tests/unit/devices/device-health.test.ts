import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeviceHealth, type HealthNews } from '../../../src/devices/device-health.ts'

const health = suite('device health')

/** Feeds looks, `+` answered and `-` silent, one every 2 s, and collects what is told when. */
function look(pattern: string, device = new DeviceHealth(0)) {
  const told: (HealthNews & { readonly look: number })[] = []
  for (const [index, sign] of [...pattern].entries()) {
    const nowMs = (index + 1) * 2_000
    const news = sign === '+' ? device.answered(nowMs) : device.failed(nowMs, 'timeout')
    told.push(...news.map((item) => ({ ...item, look: index })))
  }
  return { told, device }
}

health('says nothing about a device that answers', () => {
  const { told, device } = look('++++')
  assert.equal(told, [])
  assert.is(device.state, 'online')
  assert.is(device.sinceMs, 2_000)
})

health('takes one silence for a lost packet', () => {
  assert.equal(look('++-++-+').told, [])
})

health('tells an outage once, and its end with its length', () => {
  const { told } = look('++------++')
  assert.equal(told, [
    { kind: 'offline', reason: 'timeout', look: 3 },
    { kind: 'online', outageMs: 10_000, look: 8 },
  ])
})

health('tells of a device that is silent from the start', () => {
  const { told } = look('-----')
  assert.equal(told, [{ kind: 'offline', reason: 'timeout', look: 1 }])
})

health('folds the outages of a minute into one entry with their count', () => {
  const { told } = look(`++--+${'--+'.repeat(9)}${'+'.repeat(20)}`)
  assert.equal(
    told.map(({ kind }) => kind),
    ['offline', 'online', 'flapping'],
  )
  const flapping = told.at(-1)
  assert.is(flapping?.kind === 'flapping' && flapping.outages, 9)
  assert.is(flapping?.kind === 'flapping' && flapping.state, 'online')
})

health('tells the end of an outage that outlasted the folding', () => {
  const { told } = look(`++--+${'-'.repeat(60)}+`)
  assert.equal(
    told.map(({ kind }) => kind),
    ['offline', 'online', 'flapping', 'online'],
  )
  const flapping = told[2]
  assert.is(flapping?.kind === 'flapping' && flapping.state, 'offline')
  const end = told[3]
  assert.is(
    end?.kind === 'online' && end.outageMs,
    59 * 2_000,
    'counted from the silence, not from the entry',
  )
})

health('goes on folding while a device keeps flapping, one entry a minute', () => {
  const { told } = look(`--+${'--+'.repeat(100)}`)
  const minutes = (100 * 3 * 2) / 60
  const flapping = told.filter(({ kind }) => kind === 'flapping')
  assert.ok(flapping.length >= minutes - 2 && flapping.length <= minutes + 1, `${flapping.length} entries`)
  assert.is(told.length, 2 + flapping.length, 'nothing else')
})

health.run()
