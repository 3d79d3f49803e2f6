import { LedGrabError, toErrorMessage } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import type { Device } from '../protocol/api-entities.ts'
import { boundText } from '../protocol/text.ts'
import type { ProbeResult } from '../protocol/wled-info.ts'
import { isPrivateAddress, resolvePrivateAddress } from './address.ts'
import type { ArtnetNode, ArtnetPoller } from './artnet-poller.ts'
import type { DiscoveredController } from './discovery-service.ts'
import { listLinks } from './links.ts'

const PROBE_TIMEOUT_MS = 3_000
/** Nodes answer within a second (Art-Net 4, ArtPollReply). */
const ARTNET_TIMEOUT_MS = 2_000
const ARTNET_EVERY_MS = 60_000
const MAX_NAME_LENGTH = 64
/** The oldest goes first: whoever types for hours fills no memory. */
const MAX_TYPED = 64

export interface NetworkSearchOptions {
  readonly probe: (address: string, port: number, timeoutMs: number) => Promise<ProbeResult>
  readonly artnet: Pick<ArtnetPoller, 'discover'>
  readonly listDevices: () => Promise<readonly Device[]>
  /** See `DiscoveryOptions.interface`. */
  readonly interface: string | null
  /** Whether to ask the network by itself; a typed address is looked up in any case. */
  readonly isEnabled: boolean
  readonly log: (message: string, fields: object) => void
}

/**
 * Finds controllers that do not announce themselves: Art-Net nodes by ArtPoll, once a minute, and those
 * at an address somebody typed in.
 */
export class NetworkSearch implements Part {
  readonly #options: NetworkSearchOptions
  #nodes: readonly DiscoveredController[] = []
  readonly #typed = new Map<string, DiscoveredController>()
  #timer: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(options: NetworkSearchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#options.isEnabled) void this.#pollForEver()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
  }

  /** Art-Net nodes that answered the last question. */
  get nodes(): readonly DiscoveredController[] {
    return this.#nodes
  }

  /** Controllers that answered at an address somebody typed in. */
  get typed(): readonly DiscoveredController[] {
    return [...this.#typed.values()]
  }

  /** What was found and is not yet a device. */
  async listNew(): Promise<readonly DiscoveredController[]> {
    const devices = await this.#options.listDevices()
    return [...this.#nodes, ...this.#typed.values()].filter(
      ({ mac, address, port, type }) =>
        !devices.some((device) =>
          mac !== null && device.mac !== null
            ? device.mac === mac
            : device.type === type && device.address === address && device.port === port,
        ),
    )
  }

  /**
   * Asks whether a WLED is at an address, and notes it as found.
   *
   * @throws `LG_DEVICE_ADDRESS_PUBLIC`, `LG_DEVICE_ADDRESS_UNRESOLVED`, `LG_DEVICE_PROBE_FAILED`
   */
  async lookUp(typed: string, port: number): Promise<DiscoveredController> {
    const address = await resolvePrivateAddress(typed)
    const result = await this.#options.probe(address, port, PROBE_TIMEOUT_MS)
    if (!result.ok) {
      throw new LedGrabError(
        'LG_DEVICE_PROBE_FAILED',
        `no WLED answers at ${typed}, port ${port} (${result.reason})`,
        { field: 'address' },
      )
    }
    const { info } = result
    const key = `typed ${address}:${port}`
    const controller: DiscoveredController = {
      key,
      type: 'wled',
      name: info.name,
      address,
      port,
      mac: info.mac,
      ddp_port: null,
      info,
    }
    const [oldest] = this.#typed.keys()
    if (this.#typed.size >= MAX_TYPED && oldest !== undefined) this.#typed.delete(oldest)
    this.#typed.set(key, controller)
    return controller
  }

  async #pollForEver(): Promise<void> {
    try {
      const broadcasts = listLinks(this.#options.interface).flatMap(({ broadcast }) => broadcast ?? [])
      const found = await Promise.all(
        broadcasts.map((broadcast) => this.#options.artnet.discover(broadcast, ARTNET_TIMEOUT_MS)),
      )
      const nodes = found.flat().filter(({ address }) => isPrivateAddress(address))
      this.#nodes = [...new Map(nodes.map((node) => [node.address, toController(node)])).values()]
    } catch (cause) {
      this.#options.log('Art-Net nodes cannot be asked', { error: toErrorMessage(cause) })
    }
    if (this.#isStopping) return
    this.#timer = setTimeout(() => void this.#pollForEver(), ARTNET_EVERY_MS)
    this.#timer.unref()
  }
}

function toController({ address, mac, shortName, longName }: ArtnetNode): DiscoveredController {
  const name = boundText(longName.trim() || shortName.trim(), MAX_NAME_LENGTH)
  return {
    key: `artnet ${address}`,
    type: 'artnet',
    name: name === '' ? address : name,
    address,
    port: 6_454,
    mac,
    ddp_port: null,
    info: null,
  }
}
