import { isIPv4 } from 'node:net'

/** WLED's own longest list (`wled: wled00/NodeStruct.h`). */
const MAX_NODES = 150

/**
 * The IPv4 addresses in WLED's `/json/nodes`: the controllers one of them knows of. Entries that are not
 * as they should be are left out.
 *
 * @throws TypeError when it is no such list at all.
 */
export function parseWledNodes(value: unknown): readonly string[] {
  const nodes = (value as { readonly nodes?: unknown } | null | undefined)?.nodes
  if (!Array.isArray(nodes)) throw new TypeError('not the nodes of a WLED')
  const addresses = new Set<string>()
  for (const node of nodes.slice(0, MAX_NODES) as readonly unknown[]) {
    const address = (node as { readonly ip?: unknown } | null | undefined)?.ip
    if (typeof address === 'string' && isIPv4(address)) addresses.add(address)
  }
  return [...addresses]
}
