import type { DiscoveryReport, PresenceReport } from '../../src/protocol/worker-messages.ts'

/** What mDNS told; without the beacons of virtual controllers, which other tests may run at the same time. */
export function presenceOf(reports: readonly DiscoveryReport[]): PresenceReport[] {
  return reports.filter((report) => report.kind !== 'controller-hint')
}
