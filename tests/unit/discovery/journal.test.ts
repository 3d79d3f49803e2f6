import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActivityDetails } from '../../../src/protocol/activity.ts'
import type { DiscoveryReport, FoundController } from '../../../src/protocol/worker-messages.ts'
import { DiscoveryJournal } from '../../../workers/discovery/journal.ts'
import type { PresenceEvent } from '../../../workers/discovery/presence.ts'

const journal = suite('discovery journal')

const DESK: FoundController = {
  key: 'desk._wled._tcp.local',
  name: 'WLED Desk',
  address: '192.168.1.20',
  port: 80,
  mac: 'aabbccddeeff',
  ddp_port: null,
}

function setup() {
  const entries: { action: string; details: ActivityDetails }[] = []
  const reports: DiscoveryReport[] = []
  const side = {
    record: (_category: string, action: string, details: ActivityDetails) => {
      entries.push({ action, details })
    },
    send: (report: DiscoveryReport) => {
      reports.push(report)
    },
  }
  return { subject: new DiscoveryJournal(side, []), entries, reports }
}

const messageOf = (event: PresenceEvent): string | undefined => {
  const { subject, entries } = setup()
  subject.write(event)
  return entries[0]?.details.message
}

journal('names a stranger by its MAC, or by its key without one', () => {
  const { subject, entries, reports } = setup()
  subject.write({ kind: 'found', controller: DESK })
  subject.write({ kind: 'found', controller: { ...DESK, mac: null } })
  assert.equal(
    entries.map(({ details }) => details.entity),
    [
      { type: 'controller', id: 'aabbccddeeff', name: 'WLED Desk' },
      { type: 'controller', id: 'desk._wled._tcp.local', name: 'WLED Desk' },
    ],
  )
  assert.equal(entries[0]?.action, 'device_discovered')
  assert.equal(entries[0]?.details.message, 'WLED Desk was found at 192.168.1.20.')
  assert.equal(entries[0]?.details.metadata, {
    name: 'WLED Desk',
    address: '192.168.1.20',
    port: 80,
    mac: 'aabbccddeeff',
    ddp_port: null,
  })
  assert.equal(reports[0], { kind: 'controller-found', controller: DESK })
})

journal('names our devices as we do, also those that were added since', () => {
  const { subject, entries } = setup()
  subject.setKnown([{ mac: 'aabbccddeeff', device_id: 'device_1', device_name: 'Shelf' }])
  subject.write({ kind: 'lost', controller: DESK, reason: 'silence', silentMs: 123_400 })
  subject.setKnown([])
  subject.write({ kind: 'lost', controller: DESK, reason: 'goodbye', silentMs: 1_000 })
  assert.equal(
    entries.map(({ details }) => [details.entity?.type, details.entity?.id, details.message]),
    [
      ['device', 'device_1', 'Shelf has not answered for 123 s; it was at 192.168.1.20.'],
      ['controller', 'aabbccddeeff', 'WLED Desk left the network; it was at 192.168.1.20.'],
    ],
  )
  const { reason, silent_seconds } = entries[0]?.details.metadata ?? {}
  assert.equal([reason, silent_seconds], ['silence', 123])
})

journal('tells a move by what changed, with both values in the metadata', () => {
  const { subject, entries, reports } = setup()
  const previous = { ...DESK, address: '192.168.1.7' }
  subject.write({ kind: 'moved', controller: DESK, previous })
  const { message, metadata } = entries[0]?.details ?? {}
  assert.is(message, 'WLED Desk moved from 192.168.1.7 to 192.168.1.20.')
  assert.equal([metadata?.previous_address, metadata?.address], ['192.168.1.7', '192.168.1.20'])
  assert.equal(reports, [{ kind: 'controller-moved', controller: DESK, previous_address: '192.168.1.7' }])

  assert.is(
    messageOf({ kind: 'moved', controller: DESK, previous: { ...DESK, port: 8_080 } }),
    'WLED Desk at 192.168.1.20 moved from port 8080 to port 80.',
  )
  assert.is(
    messageOf({ kind: 'moved', controller: { ...DESK, ddp_port: 4_100 }, previous: DESK }),
    'WLED Desk at 192.168.1.20 takes DDP on port 4100, before on its usual port.',
  )
})

journal.run()
