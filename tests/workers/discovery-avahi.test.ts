import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDeadline } from '../../src/lib/deadline.ts'
import type { WorkerDraft } from '../../src/protocol/activity-draft.ts'
import type { PresenceReport } from '../../src/protocol/worker-messages.ts'
import { AvahiHosts, HOST_A, HOST_B } from '../support/avahi-hosts.ts'
import { testWith } from '../support/needs.ts'
import { waitFor } from '../support/wait-for.ts'

const discovery = suite('discovery worker and avahi')

const NEEDS = ['root', 'ip', 'avahi-daemon', 'avahi-publish', 'dbus-daemon']
const NAME = 'WLED v1.5 Desk'
const NEW_ADDRESS = '10.77.0.3'

async function withHosts(test: (hosts: AvahiHosts) => Promise<void>): Promise<void> {
  const hosts = new AvahiHosts()
  try {
    await hosts.start()
    await test(hosts)
  } finally {
    await hosts.stop()
  }
}

/** The discovery worker on host `a`, and what it says. */
function startDiscovery(hosts: AvahiHosts) {
  const child = runScript(hosts, 'tests/support/discovery-probe.ts')
  const reports: PresenceReport[] = []
  const drafts: WorkerDraft[] = []
  const logs: string[] = []
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    const said = JSON.parse(line) as { report?: PresenceReport; draft?: WorkerDraft; log?: string }
    const { report, draft, log } = said
    if (report) reports.push(report)
    if (draft) drafts.push(draft)
    if (log) logs.push(log)
  })
  return {
    reports,
    drafts,
    logs,
    untilLog: (words: string) =>
      waitFor(() => logs.some((log) => log.includes(words)), `a log line "${words}"`, 30_000),
    until: (count: number) =>
      waitFor(() => reports.length >= count && reports[count - 1], `report ${count} of discovery`, 30_000),
    stop: async () => {
      const closed = once(child, 'close')
      child.stdin?.end()
      const [code] = await withDeadline(closed, 10_000, 'the end of discovery')
      assert.is(code, 0)
    },
  }
}

function runScript(hosts: AvahiHosts, file: string, ...args: readonly string[]): ChildProcess {
  return hosts.run('a', process.execPath, ['--import', 'tsx', file, ...args])
}

testWith(discovery, NEEDS, 'finds, follows and misses a service of another host, one entry each', () =>
  withHosts(async (hosts) => {
    const { reports, drafts, until, stop } = startDiscovery(hosts)
    const publisher = await hosts.publish(NAME, 80, 'mac=aabbccddeeff')
    const found = await until(1)
    assert.equal(found, {
      kind: 'controller-found',
      controller: {
        key: `${NAME.toLowerCase()}._wled._tcp.local`,
        name: NAME,
        address: HOST_B,
        port: 80,
        mac: 'aabbccddeeff',
        ddp_port: null,
      },
    })

    hosts.changeAddressOfB(HOST_B, NEW_ADDRESS)
    const moved = await until(2)
    assert.equal(moved, {
      kind: 'controller-moved',
      controller: { ...found.controller, address: NEW_ADDRESS },
      previous_address: HOST_B,
    })

    publisher.kill('SIGTERM')
    const lost = await until(3)
    assert.equal(lost, { kind: 'controller-lost', controller: moved.controller, reason: 'goodbye' })

    await stop()
    assert.is(reports.length, 3)
    assert.equal(
      drafts.map(({ action, message, entityId }) => [action, message, entityId]),
      [
        ['device_discovered', `${NAME} was found at ${HOST_B}.`, 'aabbccddeeff'],
        ['device_address_changed', `${NAME} moved from ${HOST_B} to ${NEW_ADDRESS}.`, 'aabbccddeeff'],
        ['device_lost', `${NAME} left the network; it was at ${NEW_ADDRESS}.`, 'aabbccddeeff'],
      ],
    )
  }),
)

testWith(discovery, NEEDS, 'is understood when it asks for an instance with dots in its name', () =>
  withHosts(async (hosts) => {
    await hosts.publish(NAME, 8_080, 'mac=aabbccddeeff')
    const instance = `${NAME}._wled._tcp.local`
    const asker = runScript(hosts, 'tests/support/ask-mdns.ts', HOST_A, instance)
    const [line] = await withDeadline(
      once(createInterface({ input: asker.stdout as Readable }), 'line'),
      20_000,
      'the answer of avahi',
    )
    const [answer] = JSON.parse(String(line)) as { type: string; name: string; data: { port: number } }[]
    assert.equal([answer?.type, answer?.name, answer?.data.port], ['SRV', instance, 8_080])
  }),
)

testWith(
  discovery,
  NEEDS,
  'starts without a network, and with port 5353 taken, and browses as soon as it can',
  () =>
    withHosts(async (hosts) => {
      await hosts.publish(NAME, 80, 'mac=aabbccddeeff')
      hosts.setLinkOfA('down')
      // Without SO_REUSEADDR it has the port to itself.
      const bind = `require('node:dgram').createSocket('udp4').bind(5353, () => console.log('bound'))`
      const holder = hosts.run('a', process.execPath, ['-e', bind])
      await once(createInterface({ input: holder.stdout as Readable }), 'line')

      const { logs, until, untilLog, stop } = startDiscovery(hosts)
      await untilLog('there is no network interface')
      hosts.setLinkOfA('up')
      await untilLog('cannot browse for controllers on an interface')
      holder.kill('SIGKILL')
      const { kind, controller } = await until(1)
      assert.equal([kind, controller.address], ['controller-found', HOST_B])
      await stop()
      assert.equal(logs, [
        'there is no network interface to browse on; waiting for one',
        'cannot browse for controllers on an interface; trying again',
        'browsing for controllers',
      ])
    }),
)

testWith(discovery, NEEDS, 'leaves no namespace behind, not even one of a killed run', () => {
  const dead = 'ledgrab-a-999999999'
  execFileSync('ip', ['netns', 'add', dead])
  return withHosts(async () => {}).then(() => {
    const left = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    assert.not.match(left, dead)
    assert.not.match(left, `ledgrab-a-${process.pid}`)
    assert.not.match(left, `ledgrab-b-${process.pid}`)
  })
})

discovery.run()
