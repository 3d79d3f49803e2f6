import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { withDeadline } from '../lib/deadline.ts'

const RESOLVE_TIMEOUT_MS = 2_000

const privateNetworks = new BlockList()
// RFC 1918, RFC 3927 (link local) and loopback; RFC 4193, RFC 4291 §2.5.6 and ::1.
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6')
}

/** True for an IP literal on a private network, link local or loopback. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && privateNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Looks up a host name; the operating system does, unless a test stands in for it. */
type Find = (name: string) => Promise<string>

/**
 * The IP address behind what a user typed, checked. Send to what this returns, never to the name:
 * a second look-up could give another answer.
 *
 * @throws `LG_DEVICE_ADDRESS_PUBLIC`, `LG_DEVICE_ADDRESS_UNRESOLVED`
 */
export async function resolvePrivateAddress(address: string, find: Find = findInDns): Promise<string> {
  const resolved = isIP(address) ? address : await resolve(address, find)
  if (isPrivateAddress(resolved)) return resolved
  throw new LedGrabError(
    'LG_DEVICE_ADDRESS_PUBLIC',
    `${address} is not on a private network${resolved === address ? '' : ` (it resolves to ${resolved})`}; LedGrab sends to local controllers only`,
    { field: 'address' },
  )
}

async function findInDns(name: string): Promise<string> {
  return (await lookup(name, { order: 'ipv4first' })).address
}

async function resolve(name: string, find: Find): Promise<string> {
  try {
    return await withDeadline(find(name), RESOLVE_TIMEOUT_MS, `looking up ${name}`)
  } catch (cause) {
    throw new LedGrabError(
      'LG_DEVICE_ADDRESS_UNRESOLVED',
      `${name} cannot be resolved (${toErrorMessage(cause)}); check the name or give the IP address`,
      { cause, field: 'address' },
    )
  }
}
