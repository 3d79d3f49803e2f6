import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NetworkSearch } from '../../../src/devices/network-search.ts'
import { LedGrabError } from '../../../src/errors.ts'
import type { Device } from '../../../src/protocol/api-devices.ts'
import { parseWledInfo } from '../../../src/protocol/wled-info.ts'

const networkSearch = suite('search on the network')

const DEVICE: Device = {
  id: 'dev_1',
  name: 'Desk',
  type: 'wled',
  address: '10.0.0.1',
  port: 80,
  realtime_port: null,
  led_count: 10,
  settings: { protocol: 'ddp' },
  mac: '020000000001',
  created_at: '',
}

/** A network with a WLED at each address of `wleds`, told by its MAC. */
function setup(wleds: Readonly<Record<string, string>>, neighbours: readonly string[] = []) {
  const asked: string[] = []
  const search = new NetworkSearch({
    probe: async (address, port) => {
      asked.push(`${address}:${port}`)
      const mac = wleds[address]
      if (mac === undefined) return { ok: false, reason: 'connection refused' }
      return { ok: true, info: parseWledInfo({ ver: '0.15.0', name: 'Shelf', mac, leds: { count: 7 } }) }
    },
    probeNodes: async () => neighbours,
    artnet: { discover: async () => [] },
    listDevices: async () => [DEVICE],
    interface: '127.0.0.1',
    isEnabled: true,
    log: () => {},
  })
  return { search, asked }
}

networkSearch('asks whoever a beacon came from, and believes only the answer', async () => {
  const { search, asked } = setup({ '10.0.0.2': '020000000002' })
  await search.followHint('10.0.0.2', 'beacon')
  await search.followHint('10.0.0.3', 'beacon')
  assert.equal(asked, ['10.0.0.2:80', '10.0.0.3:80'])
  assert.equal(
    search.listFound('beacon').map(({ name, mac, address }) => [name, mac, address]),
    [['Shelf', '020000000002', '10.0.0.2']],
  )
})

networkSearch('sends nothing to public addresses, whoever names them', async () => {
  const { search, asked } = setup({})
  for (const address of ['8.8.8.8', '224.0.0.1', '0.0.0.0']) await search.followHint(address, 'beacon')
  assert.equal(asked, [])
  try {
    await search.lookUp('8.8.8.8', 80)
    assert.unreachable()
  } catch (cause) {
    assert.is(cause instanceof LedGrabError && cause.code, 'LG_DEVICE_ADDRESS_PUBLIC')
  }
})

networkSearch('forgets a controller that answers no more', async () => {
  const wleds: Record<string, string> = { '10.0.0.2': '020000000002' }
  const { search } = setup(wleds)
  await search.followHint('10.0.0.2', 'beacon')
  delete wleds['10.0.0.2']
  await search.followHint('10.0.0.2', 'beacon')
  assert.equal(search.listFound('beacon'), [])
})

networkSearch(
  'lists a controller once, however often it was heard of, and none that is a device',
  async () => {
    const { search } = setup({ '10.0.0.1': '020000000001', '10.0.0.2': '020000000002' })
    await search.followHint('10.0.0.1', 'beacon')
    await search.followHint('10.0.0.2', 'beacon')
    await search.followHint('10.0.0.2', 'nodes')
    await search.lookUp('10.0.0.2', 80)
    assert.equal(
      (await search.listNew()).map(({ address }) => address),
      ['10.0.0.2'],
    )
  },
)

networkSearch('asks the WLEDs that are devices whom they know', async () => {
  const { search, asked } = setup({ '10.0.0.2': '020000000002' }, ['10.0.0.1', '10.0.0.2', '8.8.8.8'])
  await search.start()
  // All of it resolves at once, so one turn of the loop is after it.
  await new Promise((resolve) => setImmediate(resolve))
  await search.stop()
  assert.equal(asked, ['10.0.0.2:80'])
  assert.equal(
    search.listFound('nodes').map(({ address }) => address),
    ['10.0.0.2'],
  )
})

networkSearch('keeps a bounded number of what it heard', async () => {
  const wleds = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`10.0.1.${index}`, '020000000009']),
  )
  const { search } = setup(wleds)
  for (const address of Object.keys(wleds)) await search.followHint(address, 'beacon')
  assert.is(search.listFound('beacon').length, 64)
})

networkSearch.run()
