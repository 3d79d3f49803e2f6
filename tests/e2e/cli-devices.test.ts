// shares the machine
// Every test runs the command several times.
// deadline: 180 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type {
  VirtualControllerCommand,
  VirtualControllerOptions,
  VirtualControllerReport,
} from '../../src/protocol/worker-messages.ts'
import { call, callOk, readLog } from '../support/api.ts'
import { addDevice, addSource, addTarget } from '../support/entities.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { type CliResult, runBuilt } from '../support/server-process.ts'
import { spawnWorker } from '../support/spawn-worker.ts'
import { startUdpSink } from '../support/udp-sink.ts'
import { waitFor } from '../support/wait-for.ts'

const cliDevices = suite('ledgrab devices and targets')

function commander(url: string) {
  return (...args: readonly string[]): Promise<CliResult> => runBuilt([...args, '--url', url])
}

async function startController() {
  const controller = await spawnWorker<
    VirtualControllerOptions,
    VirtualControllerCommand,
    VirtualControllerReport
  >('virtual-controller', {
    name: 'Shelf',
    mac: '0200000000aa',
    led_count: 7,
    http_port: 0,
    ddp_port: 0,
    realtime_port: 0,
  })
  const [ports] = controller.reports
  assert.ok(ports)
  const live = async (): Promise<string[]> =>
    ((await (await fetch(`http://127.0.0.1:${ports.http_port}/json/live`)).json()) as { leds: string[] }).leds
  return { controller, ports, live }
}

cliDevices('adds, lists and removes a device of any type, by name', async () => {
  await withInProcess(async ({ url }) => {
    const run = commander(url)
    const empty = await run('devices', 'list')
    assert.equal([empty.code, empty.stdout], [0, ''])
    const args = [
      'Stage',
      '10.0.0.7',
      '--type',
      'e131',
      '--leds',
      '340',
      '--set',
      'universe=3',
      '--set',
      'color_order=grb',
    ]
    const added = await run('devices', 'add', ...args, '--json')
    assert.is(added.code, 0, added.stderr)
    const device = JSON.parse(added.stdout)
    assert.equal(device.settings, {
      universe: 3,
      channels_per_universe: 512,
      priority: 100,
      color_order: 'grb',
    })
    assert.is(device.port, 5_568)
    const list = await run('devices', 'list')
    const [head = '', row = ''] = list.stdout.trimEnd().split('\n')
    assert.match(head, /^NAME +TYPE +ADDRESS +LEDS +HEALTH +ID$/)
    assert.match(row, /^Stage +e131 +10\.0\.0\.7 +340 +unknown +dev_/)
    const removed = await run('devices', 'remove', 'Stage')
    assert.equal([removed.code, removed.stdout], [0, 'The device "Stage" was removed.\n'])
    assert.equal(await callOk(url, 'GET', '/api/v1/devices'), [])
  })
})

cliDevices('fails with one sentence, and exits 2 at words it does not know', async () => {
  await withInProcess(async ({ url }) => {
    const run = commander(url)
    for (const [args, words] of [
      [['remove', 'Nobody'], /there is no device "Nobody"/],
      [['identify', 'Nobody'], /there is no device "Nobody"/],
      [['add', 'A', '8.8.8.8', '--leds', '1'], /private network/],
      [['add', 'A', '10.0.0.1', '--type', 'ddp'], /--leds/],
      [['add', 'A', '127.0.0.1', '--port', '1'], /no WLED answers/],
      [
        ['add', 'A', '10.0.0.1', '--type', 'ddp', '--leds', '1', '--set', 'universe=1'],
        /settings\.universe|universe/,
      ],
    ] as const) {
      const { code, stdout, stderr } = await run('devices', ...args)
      assert.equal([code, stdout], [1, ''], args.join(' '))
      assert.match(stderr, /^ledgrab: [^\n]+\n$/)
      assert.match(stderr, words)
    }
    assert.is((await run('devices', 'add', 'A', '10.0.0.1', '--type', 'hue')).code, 2)
    assert.is((await run('devices', 'add', 'A', '10.0.0.1', '--leds', '0x10')).code, 2)
    assert.is((await run('devices', 'add', 'A', '10.0.0.1', '--set', 'universe')).code, 2)
    assert.is((await run('targets', 'start', 'Nobody')).code, 1)
  })
})

cliDevices('asks a WLED at a typed address how many LEDs it has, and explains where it looked', async () => {
  const { controller, ports } = await startController()
  await withInProcess(async ({ url }) => {
    const run = commander(url)
    const port = String(ports.http_port)
    const found = await callOk(url, 'POST', '/api/v1/discovered', {
      address: 'localhost',
      port: ports.http_port,
    })
    assert.equal([found.name, found.mac, found.type], ['Shelf', '0200000000aa', 'wled'])
    const discovered = await run('devices', 'discover')
    assert.match(discovered.stdout, `Shelf  wled  127.0.0.1:${port}  0200000000aa  7`)
    const explained = JSON.parse((await run('devices', 'discover', '--explain', '--json')).stdout)
    assert.is(explained.is_enabled, false)
    assert.ok(JSON.stringify(explained.paths).includes(`Shelf (127.0.0.1:${port})`))
    const added = await run('devices', 'add', 'Shelf', '127.0.0.1', '--port', port)
    assert.match(added.stdout, /^"Shelf" at 127\.0\.0\.1 was added with 7 LEDs/)
    assert.equal(await callOk(url, 'GET', '/api/v1/discovered'), [], 'it is a device now')
    const refused = await call(url, 'POST', '/api/v1/discovered', { address: '8.8.8.8' })
    assert.equal([refused.status, refused.body.code], [400, 'LG_DEVICE_ADDRESS_PUBLIC'])
  })
  await controller.stop()
})

cliDevices('lets a controller blink and gives it back its own light', async () => {
  const { controller, ports, live } = await startController()
  await withInProcess(async ({ url }) => {
    const own = await live()
    const fields = { type: 'virtual', port: ports.http_port, realtime_port: ports.ddp_port, led_count: 7 }
    await addDevice(url, { name: 'Shelf', ...fields })
    const identified = commander(url)('devices', 'identify', 'Shelf', '--seconds', '2')
    await waitFor(async () => (await live()).every((color) => color === '404040'), 'the blinking')
    const { code, stderr } = await identified
    assert.is(code, 0, stderr)
    assert.equal(await live(), own)
    const { entries } = await readLog(url, 'actions=device_identified')
    assert.equal([entries.length, entries[0]?.actor], [1, 'anonymous'])
  })
  await controller.stop()
})

cliDevices('starts and stops a target by name, which also survives an identification', async () => {
  const sink = await startUdpSink()
  await withInProcess(async ({ url }) => {
    const run = commander(url)
    const device = await addDevice(url, { port: sink.port })
    await addTarget(url, device, await addSource(url), { name: 'Desk' })
    const started = await run('targets', 'start', 'Desk')
    assert.equal([started.code, started.stdout], [0, '"Desk" is running.\n'])
    assert.match((await run('targets', 'list')).stdout, /Desk +running +Test card +Desk strip +tgt_/)
    assert.is((await run('targets', 'start', 'Desk')).code, 1, 'it runs already')

    assert.is((await call(url, 'POST', `/api/v1/devices/${device.id}/identify`, { seconds: 1 })).status, 204)
    const blinks = sink.packets.filter((packet) => packet.subarray(10).every((value) => value === 64))
    assert.ok(blinks.length >= 2)
    const [target] = (await callOk(url, 'GET', '/api/v1/targets')) as unknown as { state: string }[]
    assert.is(target?.state, 'running')
    const sofar = sink.packets.length
    await sink.until(() => sink.packets.length > sofar + 3, 'the target to go on')

    const stopped = await run('targets', 'stop', 'Desk', '--json')
    assert.is(JSON.parse(stopped.stdout).state, 'stopped')
  })
  sink.close()
})

cliDevices.run()
