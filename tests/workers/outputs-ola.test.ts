import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { TargetPlan } from '../../src/protocol/worker-messages.ts'
import { testWith } from '../support/needs.ts'
import { OLA_ADDRESS, OlaHost } from '../support/ola-host.ts'
import { toStillColors } from '../support/still-colors.ts'
import { waitFor } from '../support/wait-for.ts'

const ola = suite('outputs at OLA')

const NEEDS = ['root', 'ip', 'olad', 'setpriv']
const SCRIPT = fileURLToPath(new URL('../support/stream-colors.ts', import.meta.url))
const SLOTS = 510

type Device = TargetPlan['device']

async function withOla(work: (host: OlaHost) => Promise<void>): Promise<void> {
  const host = new OlaHost()
  try {
    await host.start()
    await work(host)
  } finally {
    await host.stop()
  }
}

function stream(host: OlaHost, devices: readonly Device[]): ChildProcess {
  return host.run(process.execPath, ['--import', 'tsx', SCRIPT, JSON.stringify(devices)])
}

/** Ends the streams as a stop of their targets does. @returns how many packets failed. */
async function endStream(sender: ChildProcess): Promise<number> {
  let said = ''
  sender.stdout?.on('data', (chunk) => {
    said += chunk
  })
  const closed = once(sender, 'close')
  sender.stdin?.end()
  await withDeadline(closed, 10_000, 'the end of the streams')
  const counts = JSON.parse(said) as { packetsOut: number; sendErrors: number }[]
  return counts.reduce((sum, { sendErrors }) => sum + sendErrors, 0)
}

/** What the universe number `index` of a device should have. */
function toUniverse(ledCount: number, index: number): number[] {
  return [...toStillColors(ledCount).subarray(index * SLOTS, (index + 1) * SLOTS)]
}

async function assertShown(host: OlaHost, first: number, count: number, ledCount: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const wanted = toUniverse(ledCount, index)
    const isShown = (): boolean => `${host.readDmx(first + index).slice(0, wanted.length)}` === `${wanted}`
    await waitFor(isShown, `universe ${first + index} to show its part`)
  }
}

async function assertDark(host: OlaHost, first: number, count: number): Promise<void> {
  for (let universe = first; universe < first + count; universe += 1) {
    await waitFor(
      () => host.readDmx(universe).every((value) => value === 0),
      `universe ${universe} to be dark`,
    )
  }
}

testWith(ola, NEEDS, 'give E1.31, unicast and multicast, over several universes, and end dark', async () => {
  await withOla(async (host) => {
    host.addUniverses('E1.31', [1, 2, 3, 256, 257])
    const settings = { channels_per_universe: 510, priority: 100, port: 5_568, color_order: 'rgb' } as const
    const device = { name: 'Stage', type: 'e131', http_port: null } as const
    const unicast: Device = {
      ...device,
      id: 'dev_unicast',
      address: OLA_ADDRESS,
      led_count: 350,
      output: { kind: 'e131', universe: 1, is_multicast: false, ...settings },
    }
    const multicast: Device = {
      ...device,
      id: 'dev_multicast',
      address: '239.255.1.0',
      led_count: 200,
      output: { kind: 'e131', universe: 256, is_multicast: true, ...settings },
    }
    const sender = stream(host, [unicast, multicast])
    await assertShown(host, 1, 3, 350)
    await assertShown(host, 256, 2, 200)
    assert.is(await endStream(sender), 0)
    await assertDark(host, 1, 3)
    await assertDark(host, 256, 2)
  })
})

testWith(ola, NEEDS, 'give Art-Net over several universes, and end dark', async () => {
  await withOla(async (host) => {
    host.addUniverses('ArtNet', [4, 5, 6])
    const output = { kind: 'artnet', port: 6_454, universe: 4, channels_per_universe: 512 } as const
    const device: Device = {
      id: 'dev_artnet',
      name: 'Stage',
      type: 'artnet',
      http_port: null,
      address: OLA_ADDRESS,
      led_count: 400,
      output: { ...output, sync: true, color_order: 'rgb' },
    }
    const sender = stream(host, [device])
    await assertShown(host, 4, 3, 400)
    assert.is(await endStream(sender), 0)
    await assertDark(host, 4, 3)
  })
})

ola.run()
