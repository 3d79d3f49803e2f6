import type { DiscoveryReport } from '../protocol/api-discovery.ts'
import type { DiscoveredController, DiscoveryService } from './discovery-service.ts'
import { listLinks } from './links.ts'
import type { NetworkSearch } from './network-search.ts'

export interface DiscoveryReportOptions {
  /** Undefined when discovery is switched off. */
  readonly discovery: Pick<DiscoveryService, 'found'> | undefined
  readonly search: Pick<NetworkSearch, 'nodes' | 'listFound'>
  /** See `DiscoveryOptions.interface`. */
  readonly interface: string | null
}

/** What discovery asks, on which networks, and who has answered. */
export function toDiscoveryReport(options: DiscoveryReportOptions): DiscoveryReport {
  const { discovery, search } = options
  const links = listLinks(options.interface)
  const broadcasts = links.flatMap(({ broadcast }) => broadcast ?? [])
  return {
    is_enabled: discovery !== undefined,
    interfaces: links.map(({ name, address }) => ({ name, address })),
    paths: [
      { asks: 'mDNS for _wled._tcp.local', answered: (discovery?.found ?? []).map(toLine) },
      {
        asks: `ArtPoll to ${broadcasts.join(', ') || 'no network'}`,
        answered: search.nodes.map(toLine),
      },
      { asks: "WLED's beacon on UDP 65506", answered: search.listFound('beacon').map(toLine) },
      { asks: '/json/nodes of the WLEDs that are devices', answered: search.listFound('nodes').map(toLine) },
      { asks: 'addresses somebody typed in', answered: search.listFound('typed').map(toLine) },
    ],
  }
}

function toLine({ name, address, port }: DiscoveredController): string {
  return `${name} (${address}:${port})`
}
