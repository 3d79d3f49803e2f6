import { BlockList, isIPv4 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** An interface to browse on. */
export interface Place {
  /** Differs when anything about the interface does. */
  readonly key: string
  readonly name: string
  /** Multicast is sent from and joined at this IPv4 address. */
  readonly address: string
  /** True for a sender on this interface's own link. */
  readonly isOnLink: (sender: string) => boolean
}

/**
 * Where to browse, from what `os.networkInterfaces()` says: those that are up and have an IPv4 address.
 *
 * @param wanted an interface's name or IPv4 address, or null for all but loopback
 */
export function listPlaces(
  wanted: string | null,
  interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>,
): readonly Place[] {
  const places: Place[] = []
  for (const [name, all = []] of Object.entries(interfaces)) {
    const infos = all.filter(({ family }) => family === 'IPv4')
    const chosen = infos.find(({ address, internal }) =>
      wanted === null ? !internal : wanted === name || wanted === address,
    )
    if (chosen === undefined) continue
    const key = [name, chosen.address, ...infos.map(({ cidr }) => cidr)].join(' ')
    places.push({ key, name, address: chosen.address, isOnLink: toLinkCheck(infos) })
  }
  return places
}

/**
 * RFC 6762 §11: who shares a subnet, or has a link-local address as one without DHCP gives itself. A socket
 * also hears what others of this machine joined on other interfaces, and that must not count as ours: least
 * of all in a demo, which browses on loopback only.
 */
function toLinkCheck(infos: readonly NetworkInterfaceInfo[]): (sender: string) => boolean {
  const link = new BlockList()
  for (const { cidr } of infos) {
    const [network = '', prefix = ''] = (cidr ?? '').split('/')
    if (isIPv4(network)) link.addSubnet(network, Number(prefix))
  }
  if (infos.every(({ internal }) => !internal)) link.addSubnet('169.254.0.0', 16)
  return (sender) => isIPv4(sender) && link.check(sender)
}
