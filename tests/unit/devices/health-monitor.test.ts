import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HealthMonitor } from '../../../src/devices/health-monitor.ts'
import type { Device } from '../../../src/protocol/api-devices.ts'
import { parseWledInfo } from '../../../src/protocol/wled-info.ts'
import { waitFor } from '../../support/wait-for.ts'

const healthMonitor = suite('health monitor')

function toDevice(protocol: string): Device {
  return {
    id: `dev_${protocol}`,
    name: protocol,
    type: 'wled',
    address: '10.0.0.1',
    port: 80,
    realtime_port: null,
    led_count: 10,
    settings: { protocol },
    mac: null,
    created_at: '',
  }
}

healthMonitor(
  'takes a stream from this machine for ours only in the protocol the device is set to',
  async () => {
    const entries: string[] = []
    let looks = 0
    const monitor = new HealthMonitor({
      listDevices: async () => [toDevice('drgb'), toDevice('ddp')],
      look: async () => {
        looks += 1
        const live = { live: true, lm: 'UDP', lip: '127.0.0.1' }
        return { kind: 'answer', info: parseWledInfo({ ver: '0.15.0', leds: { count: 10 }, ...live }) }
      },
      recorder: { record: (_category, action, { entity }) => entries.push(`${action} ${entity?.name}`) },
      publish: () => {},
      lookEveryMs: 1,
    })
    await monitor.start()
    await waitFor(() => looks >= 6, 'several looks')
    await monitor.stop()
    assert.equal(entries, ['device_taken_over ddp'])
  },
)

healthMonitor('tells the strength of the Wi-Fi while the controller answers', async () => {
  let isSilent = false
  const states: string[] = []
  const monitor = new HealthMonitor({
    listDevices: async () => [toDevice('ddp')],
    look: async () => {
      if (isSilent) return { kind: 'silence', reason: 'no answer' }
      const info = { ver: '0.15.0', leds: { count: 10 }, wifi: { rssi: -61, signal: 78 } }
      return { kind: 'answer', info: parseWledInfo(info) }
    },
    recorder: { record: () => {} },
    publish: (event) => {
      if (event.type === 'device_health_changed') states.push(event.state)
    },
    lookEveryMs: 1,
  })
  const readSignal = () => {
    const { signal_percent, rssi_dbm } = monitor.healthOf('dev_ddp')
    return [signal_percent, rssi_dbm]
  }
  assert.equal(readSignal(), [null, null], 'nothing is known before the first answer')
  await monitor.start()
  await waitFor(() => states.includes('online'), 'an answer')
  assert.equal(readSignal(), [78, -61])
  isSilent = true
  await waitFor(() => states.includes('offline'), 'silence')
  assert.equal(readSignal(), [null, null], 'what was is not what is')
  await monitor.stop()
})

healthMonitor('tells watchers of a signal that has moved far, and of no other', async () => {
  const signals = [78, 70, 87, 68, 60, 58]
  const told: (number | null)[] = []
  let looks = 0
  const monitor = new HealthMonitor({
    listDevices: async () => [toDevice('ddp')],
    look: async () => {
      const signal = signals[looks] ?? signals.at(-1)
      looks += 1
      const info = { ver: '0.15.0', leds: { count: 10 }, wifi: { rssi: -61, signal } }
      return { kind: 'answer', info: parseWledInfo(info) }
    },
    recorder: { record: () => {} },
    publish: () => told.push(monitor.healthOf('dev_ddp').signal_percent),
    lookEveryMs: 1,
  })
  await monitor.start()
  await waitFor(() => looks > signals.length + 2, 'several looks')
  await monitor.stop()
  assert.equal(told, [78, 68, 58])
})

healthMonitor('calls nothing offline that this machine cannot ask', async () => {
  let looks = 0
  const entries: string[] = []
  const monitor = new HealthMonitor({
    listDevices: async () => [toDevice('ddp')],
    look: async () => {
      looks += 1
      return { kind: 'unable', reason: 'port in use' }
    },
    recorder: { record: (_category, action) => entries.push(action) },
    publish: () => {},
    lookEveryMs: 1,
  })
  await monitor.start()
  await waitFor(() => looks >= 4, 'several looks')
  assert.is(monitor.healthOf('dev_ddp').state, 'unknown')
  assert.equal(entries, [])
  await monitor.stop()
})

healthMonitor.run()
