import { BlockList, isIPv4 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
const privateNetworks = new BlockList()
// RFC 1918 and RFC 3927 (link local).
privateNetworks.addSubnet('10.0.0.0', 8)
privateNetworks.addSubnet('172.16.0.0', 12)
privateNetworks.addSubnet('192.168.0.0', 16)
privateNetworks.addSubnet('169.254.0.0', 16)

export function isLoopback(address: string): boolean {
  return isIPv4(address) && loopback.check(address)
}

/**
 * True for an IPv4 address a controller can have: on a private network or link local. Loopback counts
 * only when said from there; from elsewhere it would point us at our own machine's services.
 */
export function isControllerAddress(address: string, sender: string): boolean {
  return isIPv4(address) && (privateNetworks.check(address) || (isLoopback(address) && isLoopback(sender)))
}
