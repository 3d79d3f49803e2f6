import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { withDeadline } from '../../src/lib/deadline.ts'
import { median, round3, type SuiteOptions, type SuiteResult } from '../result.ts'
import { withFolder } from '../support/bench-log.ts'
import { LightServer } from '../support/light-server.ts'
import { UdpEar } from '../support/udp-ear.ts'

const LIVE = 5
const LEDS = 100
const PRIVATE_ADDRESS_OF_NOBODY = '127.255.255.255'

/**
 * From the start of the process to light: ten devices that were on when it was killed, half of them dead since. Of
 * the dead, some refuse, some accept and say nothing, one has an address that cannot be reached.
 */
export async function measureColdStart({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  say('cold start')
  return await withFolder(async (folder) => {
    let onPacket: (ear: number) => void = () => {}
    const ears = await Promise.all(
      Array.from({ length: LIVE }, (_, index) => UdpEar.open(() => onPacket(index))),
    )
    const mute = createServer(() => {})
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    await setUp(
      folder,
      ears.map(({ port }) => port),
      (mute.address() as AddressInfo).port,
    )
    const first: number[] = []
    const all: number[] = []
    for (let round = 0; round < (isShort ? 2 : 9); round += 1) {
      const heard = new Map<number, number>()
      const startedMs = performance.now()
      const lit = new Promise<void>((resolve) => {
        onPacket = (ear) => {
          if (!heard.has(ear)) heard.set(ear, performance.now() - startedMs)
          if (heard.size === LIVE) resolve()
        }
      })
      const server = await LightServer.start(['--data-dir', folder])
      await withDeadline(lit, 20_000, 'light')
      await server.crash()
      first.push(Math.min(...heard.values()))
      all.push(Math.max(...heard.values()))
    }
    mute.close()
    for (const ear of ears) ear.close()
    return {
      rows: [
        {
          id: 'cold-start-first',
          what: 'start of the process to the first frame, 10 devices, 5 of them dead',
          value: round3(median(first)),
          unit: 'ms',
          target: { is: '<=', value: 1_000 },
          note: `after a SIGKILL each time, median of ${first.length}`,
        },
        {
          id: 'cold-start-all',
          what: 'until all that live are lit',
          value: round3(median(all)),
          unit: 'ms',
        },
      ],
    }
  })
}

async function setUp(folder: string, ports: readonly number[], mutePort: number): Promise<void> {
  const server = await LightServer.start(['--data-dir', folder])
  const effect = { name: 'Rainbow', type: 'effect', effect: 'rainbow', fps: 60 }
  const { id } = await server.post('/api/v1/sources', effect)
  for (const [index, port] of ports.entries()) {
    await server.light(`Live ${index}`, id, { port, led_count: LEDS })
  }
  const dead = { led_count: LEDS }
  for (const index of [1, 2]) {
    await server.light(`Refuses ${index}`, id, { ...dead, type: 'wled', port: 1, realtime_port: index })
    await server.light(`Mute ${index}`, id, { ...dead, type: 'wled', port: mutePort, realtime_port: index })
  }
  await server.light('Nowhere', id, { ...dead, port: 4_048, address: PRIVATE_ADDRESS_OF_NOBODY })
  await server.crash()
}
