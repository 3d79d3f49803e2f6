/**
 * Which controllers are on the network, by mDNS. `Presence` decides; this ties it to sockets, a clock and
 * the activity log.
 */
import { toErrorMessage } from '../src/errors.ts'
import {
  assertNever,
  type DiscoveryCommand,
  type DiscoveryOptions,
  type DiscoveryReport,
  type KnownController,
} from '../src/protocol/worker-messages.ts'
import { openWorkerSide } from '../src/threads/inside/worker-side.ts'
import { BeaconListener } from './discovery/beacon-listener.ts'
import { encodeQuery } from './discovery/dns-query.ts'
import { IgnoredLog } from './discovery/ignored-log.ts'
import { DiscoveryJournal } from './discovery/journal.ts'
import { Links } from './discovery/links.ts'
import { Presence } from './discovery/presence.ts'
import { Wakeup } from './discovery/wakeup.ts'

const LOOPBACK = '127.0.0.1'

const side = openWorkerSide<DiscoveryOptions, DiscoveryCommand, DiscoveryReport>()
const { known } = side.options
const nowMs = (): number => performance.now()

const journal = new DiscoveryJournal(side, known)
const ignored = new IgnoredLog((counts) => side.log('info', 'mDNS packets were ignored', { counts }))
const presence = new Presence({
  nowMs,
  random: Math.random,
  knownMacs: toMacs(known),
  onIgnored: (what, count) => ignored.add(what, count),
})
const wakeup = new Wakeup(nowMs, advance)
const links = new Links({
  interface: side.options.interface,
  onResponse: hear,
  onChange: ask,
  onUnreadable: () => ignored.add('unreadable packets', 1),
  log: (level, message, fields) => side.log(level, message, fields),
})
const beacons = new BeaconListener({
  // A socket bound to any other address than these would hear no broadcast.
  address: side.options.interface === LOOPBACK ? LOOPBACK : '0.0.0.0',
  onHint: (address) => side.send({ kind: 'controller-hint', address }),
  onUnavailable: (cause) =>
    side.log('info', 'WLED beacons cannot be heard', { error: toErrorMessage(cause) }),
})
let hasFailed = false

side.ready({
  onCommand: obey,
  async onStop() {
    wakeup.stop()
    beacons.stop()
    await links.stop()
    ignored.stop()
  },
})
links.start()
beacons.start()

function obey(command: DiscoveryCommand): void {
  switch (command.kind) {
    case 'known':
      journal.setKnown(command.known)
      presence.setKnownMacs(toMacs(command.known))
      wakeup.at(presence.nextMs)
      return
    case 'ask':
      ask()
      return
    default:
      assertNever(command)
  }
}

function ask(): void {
  presence.ask()
  wakeup.at(presence.nextMs)
}

/** Anybody on the network can send anything; whatever it does to us must end here. */
function hear(packet: unknown, sender: string): void {
  try {
    presence.take(packet, sender)
  } catch (cause) {
    if (!hasFailed) side.log('error', 'an mDNS packet broke us', { sender, error: toErrorMessage(cause) })
    hasFailed = true
    ignored.add('packets that broke us', 1)
  }
  // A burst of packets is dealt with in one go.
  wakeup.soon()
}

function advance(): void {
  const { events, query } = presence.advance()
  for (const event of events) journal.write(event)
  if (query !== undefined) links.send(encodeQuery(query))
  wakeup.at(presence.nextMs)
}

function toMacs(controllers: readonly KnownController[]): string[] {
  return controllers.map(({ mac }) => mac)
}
