import { isIPv6 } from 'node:net'

/**
 * The network that one subscriber has: a whole IPv4 address, the first 64 bits of an IPv6 one (RFC 6177 §2:
 * whoever has one such address has them all). Anything else is itself.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '')
  if (!isIPv6(plain) || plain.includes('.')) return address
  const [head = '', tail = ''] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === '' ? [] : tail.split(':')
  const zeros = plain.includes('::') ? Array<string>(8 - groups.length - rest.length).fill('0') : []
  const first = [...groups, ...zeros, ...rest]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
  return `${first.join(':')}::/64`
}
