import { LedGrabError, toErrorMessage } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import type { Device } from '../protocol/api-devices.ts'
import { boundText } from '../protocol/text.ts'
import type { ProbeResult, WledInfo } from '../protocol/wled-info.ts'
import { isPrivateAddress, resolvePrivateAddress } from './address.ts'
import type { ArtnetNode, ArtnetPoller } from './artnet-poller.ts'
import type { DiscoveredController } from './discovery-service.ts'
import { listLinks } from './links.ts'

const PROBE_TIMEOUT_MS = 3_000
/** Nodes answer within a second (Art-Net 4, ArtPollReply). */
const ARTNET_TIMEOUT_MS = 2_000
const SEARCH_EVERY_MS = 60_000
const WLED_PORT = 80
const MAX_NAME_LENGTH = 64
/** The oldest goes first: whoever types, or forges beacons, for hours fills no memory. */
const MAX_NOTED = 64

export interface NetworkSearchOptions {
  readonly probe: (address: string, port: number, timeoutMs: number) => Promise<ProbeResult>
  /** The addresses of the controllers a WLED knows of. */
  readonly probeNodes: (address: string, port: number, timeoutMs: number) => Promise<readonly string[]>
  readonly artnet: Pick<ArtnetPoller, 'discover'>
  readonly listDevices: () => Promise<readonly Device[]>
  /** See `DiscoveryOptions.interface`. */
  readonly interface: string | null
  /** Whether to ask the network by itself; a typed address is looked up in any case. */
  readonly isEnabled: boolean
  readonly log: (message: string, fields: object) => void
}

/** Where a WLED was heard of that did not announce itself by mDNS. */
export const SEARCH_PATHS = ['typed', 'beacon', 'nodes'] as const
export type SearchPath = (typeof SEARCH_PATHS)[number]

/**
 * Finds controllers that do not announce themselves: Art-Net nodes by ArtPoll, WLEDs that another WLED
 * knows of, both once a minute, those whose beacon was heard, and those at an address somebody typed in.
 * A beacon or a list of nodes is a hint only; what counts is what the controller itself answers.
 */
export class NetworkSearch implements Part {
  readonly #options: NetworkSearchOptions
  #nodes: readonly DiscoveredController[] = []
  /** By path and address: WLEDs that answered. */
  readonly #noted = new Map<string, Noted>()
  #timer: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(options: NetworkSearchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#options.isEnabled) void this.#searchForEver()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
  }

  /** Art-Net nodes that answered the last question. */
  get nodes(): readonly DiscoveredController[] {
    return this.#nodes
  }

  /** WLEDs that were heard of in this way and answered. */
  listFound(path: SearchPath): readonly DiscoveredController[] {
    return [...this.#noted.values()].flatMap((noted) => (noted.path === path ? noted.controller : []))
  }

  /** What was found and is not yet a device. */
  async listNew(): Promise<readonly DiscoveredController[]> {
    const devices = await this.#options.listDevices()
    const wleds = new Map(
      [...this.#noted.values()].map(({ controller }) => [
        `${controller.address}:${controller.port}`,
        controller,
      ]),
    )
    return [...this.#nodes, ...wleds.values()].filter(
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
    return this.#note('typed', toWled(address, port, result.info))
  }

  /** Asks the controller at an address that `path` has named. Never throws. */
  async followHint(address: string, path: SearchPath): Promise<void> {
    if (this.#isStopping || !isPrivateAddress(address)) return
    try {
      const result = await this.#options.probe(address, WLED_PORT, PROBE_TIMEOUT_MS)
      if (result.ok) this.#note(path, toWled(address, WLED_PORT, result.info))
      else this.#noted.delete(toKey(path, address, WLED_PORT))
    } catch (cause) {
      this.#options.log('a controller could not be asked', { error: toErrorMessage(cause) })
    }
  }

  #note(path: SearchPath, controller: DiscoveredController): DiscoveredController {
    const key = toKey(path, controller.address, controller.port)
    this.#noted.delete(key)
    const [oldest] = this.#noted.keys()
    if (this.#noted.size >= MAX_NOTED && oldest !== undefined) this.#noted.delete(oldest)
    this.#noted.set(key, { path, controller })
    return controller
  }

  async #searchForEver(): Promise<void> {
    await Promise.all([this.#pollArtnet(), this.#askForNodes()])
    if (this.#isStopping) return
    this.#timer = setTimeout(() => void this.#searchForEver(), SEARCH_EVERY_MS)
    this.#timer.unref()
  }

  /** Each WLED of ours is asked whom it knows; whoever is a device already is left alone. */
  async #askForNodes(): Promise<void> {
    try {
      const devices = await this.#options.listDevices()
      const known = new Set(devices.map(({ address }) => address))
      const heard = await Promise.all(
        devices
          .filter(({ type }) => type === 'wled')
          .map(async ({ address, port }) =>
            this.#options.probeNodes(await resolvePrivateAddress(address), port, PROBE_TIMEOUT_MS),
          )
          .map((nodes) => nodes.catch(() => [])),
      )
      const fresh = new Set(heard.flat().filter((address) => !known.has(address)))
      await Promise.all([...fresh].slice(0, MAX_NOTED).map((address) => this.followHint(address, 'nodes')))
    } catch (cause) {
      this.#options.log('controllers cannot be asked whom they know', { error: toErrorMessage(cause) })
    }
  }

  async #pollArtnet(): Promise<void> {
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
  }
}

interface Noted {
  readonly path: SearchPath
  readonly controller: DiscoveredController
}

function toKey(path: SearchPath, address: string, port: number): string {
  return `${path} ${address}:${port}`
}

function toWled(address: string, port: number, info: WledInfo): DiscoveredController {
  return {
    key: `wled ${address}:${port}`,
    type: 'wled',
    name: info.name,
    address,
    port,
    mac: info.mac,
    ddp_port: null,
    info,
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
