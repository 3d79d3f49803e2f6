// deadline: 120 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lookAt } from '../../src/devices/device-look.ts'
import { HealthMonitor } from '../../src/devices/health-monitor.ts'
import type { Device } from '../../src/protocol/api-devices.ts'
import type { Source } from '../../src/protocol/api-sources.ts'
import { TaskPool } from '../../src/threads/task-pool.ts'
import { callOk, readLog } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withDemo, withInProcess } from '../support/in-process-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type WledStandIn, withStandIns } from '../support/wled-stand-in.ts'

const outages = suite('outages of controllers')

/** Silence is to be noticed within 5 s, return and light within 10 s. */
const NOTICED_MS = 5_000
const LIT_MS = 10_000
/** Two looks that run into their deadlines, on a machine that is busy with other tests. */
const SLACK_MS = 3_000

async function light(url: string, source: Source, controller: WledStandIn): Promise<Device> {
  await controller.start()
  const device = await addDevice(url, controller.deviceFields)
  const target = await addTarget(url, device, source, { name: controller.name })
  await callOk(url, 'POST', `/api/v1/targets/${target.id}/start`)
  await waitFor(() => controller.isLit(), `the first light of ${controller.name}`)
  await untilHealth(url, device, 'online')
  return device
}

async function untilHealth(url: string, { id, name }: Device, state: string, timeoutMs = 10_000) {
  const isSo = async (): Promise<boolean> => {
    const { health } = await callOk(url, 'GET', `/api/v1/devices/${id}`)
    return (health as { readonly state: string }).state === state
  }
  await waitFor(isSo, `${name} to be ${state}`, timeoutMs)
}

/** What the hardware did by itself, as the log tells it, oldest first. */
async function readNews(url: string, { id }: Device) {
  const { entries } = await readLog(url, `entity_id=${id}&categories=device`)
  return entries.toReversed()
}

outages('are told once each with their end, and the light is back within ten seconds', async () => {
  await withInProcess(async ({ url }) => {
    await withStandIns(['Silent', 'Refusing', 'Booting', 'Steady'], async (controllers) => {
      const { Silent: silent, Refusing: refusing, Booting: booting, Steady: steady } = controllers
      const source = await addSource(url)
      const silentDevice = await light(url, source, silent)
      const refusingDevice = await light(url, source, refusing)
      const bootingDevice = await light(url, source, booting)
      const steadyDevice = await light(url, source, steady)
      const beSilent = async (): Promise<void> => {
        silent.unplug()
        await untilHealth(url, silentDevice, 'offline', NOTICED_MS + SLACK_MS)
        silent.plug()
        await waitFor(() => silent.isLit(), 'the light after the silence', LIT_MS)
        await untilHealth(url, silentDevice, 'online', LIT_MS)
      }
      const refuse = async (): Promise<void> => {
        await refusing.stop()
        await untilHealth(url, refusingDevice, 'offline', NOTICED_MS + SLACK_MS)
        await refusing.boot()
        await waitFor(() => refusing.isLit(), 'the light after the refusal', LIT_MS)
        await untilHealth(url, refusingDevice, 'online', LIT_MS)
      }
      const boot = async (): Promise<void> => {
        await booting.stop()
        await booting.boot()
        await waitFor(() => booting.isLit(), 'the light after the boot', LIT_MS)
      }
      await Promise.all([beSilent(), refuse(), boot()])

      const [noAnswer, again, ...more] = await readNews(url, silentDevice)
      assert.equal([noAnswer?.action, again?.action, more], ['device_offline', 'device_online', []])
      assert.is.not(noAnswer?.metadata.reason, 'connection refused')
      assert.match(again?.message ?? '', '"Silent" answers again after')
      const [refused, back, ...others] = await readNews(url, refusingDevice)
      assert.equal([refused?.action, back?.action, others], ['device_offline', 'device_online', []])
      assert.is(refused?.metadata.reason, 'connection refused')
      assert.type(back?.metadata.outage_seconds, 'number')
      assert.equal(await readNews(url, bootingDevice), [], 'a boot is no outage')
      assert.equal(await readNews(url, steadyDevice), [], 'the others notice nothing')
      assert.ok(await steady.isLit())
    })
  })
})

outages('end where the controller is at home on other ports: the light follows its MAC', async () => {
  await withDemo(async ({ url }) => {
    await withStandIns(['Moving'], async ({ Moving: moving }) => {
      const [source] = (await callOk(url, 'GET', '/api/v1/sources')) as unknown as readonly Source[]
      if (source === undefined) throw new Error('the demo has a source')
      const device = await light(url, source, moving)
      await moving.stop()
      await untilHealth(url, device, 'offline', NOTICED_MS + SLACK_MS)
      await moving.boot(true)
      await waitFor(() => moving.isLit(), 'the light after the move', LIT_MS)
      await untilHealth(url, device, 'online', LIT_MS)
      const news = (await readNews(url, device)).map(({ action }) => action)
      assert.equal(
        news.filter((action) => action === 'device_offline' || action === 'device_online'),
        ['device_offline', 'device_online'],
      )
    })
  })
})

outages('that come one after the other are told as one with their count', async () => {
  await withStandIns(['Flapping'], async ({ Flapping: controller }) => {
    await controller.start()
    const pool = new TaskPool()
    await pool.start()
    const entries: { readonly action: string; readonly metadata: object | undefined }[] = []
    let state = 'unknown'
    const startedMs = Date.now()
    const monitor = new HealthMonitor({
      listDevices: async () => [toDevice(controller)],
      look: (one) =>
        lookAt(one, {
          artnet: { ask: async () => undefined },
          probe: (address, port, timeoutMs) => pool.probe({ address, port, timeoutMs }),
        }),
      recorder: { record: (_category, action, { metadata }) => entries.push({ action, metadata }) },
      publish: (event) => {
        if (event.type === 'device_health_changed') state = event.state
      },
      // Its minute passes in six seconds.
      nowMs: () => startedMs + (Date.now() - startedMs) * 10,
      lookEveryMs: 20,
    })
    await monitor.start()
    try {
      await waitFor(() => state === 'online', 'the first answer')
      for (let outage = 0; outage < 4; outage += 1) {
        await controller.stop()
        await waitFor(() => state === 'offline', 'the outage')
        await controller.boot()
        await waitFor(() => state === 'online', 'its end')
      }
      await waitFor(() => entries.length >= 3, 'what is told of the rest', 20_000)
    } finally {
      await monitor.stop()
      await pool.stop()
    }
    const [offline, online, flapping, ...more] = entries
    assert.equal([offline?.action, online?.action, more], ['device_offline', 'device_online', []])
    assert.is(flapping?.action, 'device_flapping')
    const { address: _address, ...told } = (flapping?.metadata ?? {}) as Record<string, unknown>
    assert.equal(told, { outages: 3, state: 'online' })
  })
})

function toDevice({ deviceFields }: WledStandIn): Device {
  const fields = deviceFields as Pick<
    Device,
    'name' | 'type' | 'mac' | 'port' | 'realtime_port' | 'led_count'
  >
  return {
    id: 'dev_flapping',
    address: '127.0.0.1',
    settings: { protocol: 'ddp' },
    created_at: '',
    ...fields,
  }
}

outages.run()
