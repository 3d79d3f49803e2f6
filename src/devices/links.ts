import { isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** A network of this machine. */
export interface Link {
  readonly name: string
  /** IPv4 address of this machine there. */
  readonly address: string
  /** Reaches everybody on it; null on loopback, where nobody listens to broadcasts. */
  readonly broadcast: string | null
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * The IPv4 networks discovery works on.
 *
 * @param wanted an interface by name or address; null: all that are no loopback.
 */
export function listLinks(
  wanted: string | null,
  interfaces: Interfaces = networkInterfaces(),
): readonly Link[] {
  const links: Link[] = []
  for (const [name, infos = []] of Object.entries(interfaces)) {
    for (const { address, netmask, internal } of infos) {
      const isWanted = wanted === null ? !internal : wanted === name || wanted === address
      if (!isWanted || !isIPv4(address)) continue
      links.push({ name, address, broadcast: internal ? null : toBroadcast(address, netmask) })
    }
  }
  return links
}

/** The directed broadcast address of a network (RFC 919 §7). */
function toBroadcast(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number)
  return address
    .split('.')
    .map((part, index) => (Number(part) | ~(mask[index] ?? 255)) & 255)
    .join('.')
}
