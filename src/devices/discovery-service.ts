import { toErrorMessage } from '../errors.ts'
import type { Part } from '../lib/part.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { WledInfo } from '../protocol/wled-info.ts'
import {
  assertNever,
  type DiscoveryCommand,
  type DiscoveryOptions,
  type DiscoveryReport,
  type FoundController,
} from '../protocol/worker-messages.ts'
import { Supervisor, type SupervisorContext } from '../threads/supervisor.ts'
import type { TaskPool } from '../threads/task-pool.ts'
import { isPrivateAddress } from './address.ts'
import type { DeviceService } from './device-service.ts'

const PROBE_TIMEOUT_MS = 3_000

/** A controller on the network, with what it says of itself once it was asked. */
export interface DiscoveredController extends FoundController {
  /** What it would be as a device. */
  readonly type: 'wled' | 'artnet'
  readonly info: WledInfo | null
}

export interface DiscoveryServiceOptions {
  readonly context: SupervisorContext
  readonly pool: Pick<TaskPool, 'probe'>
  readonly devices: Pick<DeviceService, 'listKnown' | 'follow' | 'list'>
  /** See `DiscoveryOptions.interface`. */
  readonly interface: string | null
  readonly publish: (event: BroadcastEvent) => void
  /** Told of an address a WLED's beacon came from. */
  readonly onHint: (address: string) => void
}

/** Which controllers are on the network now. The worker finds them and records; this keeps the list. */
export class DiscoveryService implements Part {
  readonly #options: DiscoveryServiceOptions
  readonly #found = new Map<string, DiscoveredController>()
  readonly #supervisor: Supervisor<DiscoveryOptions, DiscoveryCommand, DiscoveryReport>
  #known: DiscoveryOptions['known'] = []

  constructor(options: DiscoveryServiceOptions) {
    this.#options = options
    this.#supervisor = new Supervisor(options.context, {
      entry: 'discovery',
      name: 'discovery',
      options: () => ({ interface: options.interface, known: this.#known }),
      onReport: (report) => this.#handle(report),
      // A restarted worker finds everything anew.
      onReady: () => this.#found.clear(),
    })
  }

  async start(): Promise<void> {
    this.#known = await this.#options.devices.listKnown()
    await this.#supervisor.start()
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop()
  }

  /** Call when devices were added, renamed or removed. */
  async refreshKnown(): Promise<void> {
    this.#known = await this.#options.devices.listKnown()
    this.#supervisor.send({ kind: 'known', known: this.#known })
  }

  /** All that was found, devices included. */
  get found(): readonly DiscoveredController[] {
    return [...this.#found.values()]
  }

  /** What was found and is not yet a device. */
  async listNew(): Promise<readonly DiscoveredController[]> {
    const devices = await this.#options.devices.list()
    const isDevice = (controller: DiscoveredController): boolean =>
      devices.some((device) =>
        controller.mac !== null && device.mac !== null
          ? device.mac === controller.mac
          : device.address === controller.address && device.port === controller.port,
      )
    return [...this.#found.values()].filter((controller) => !isDevice(controller))
  }

  #handle(report: DiscoveryReport): void {
    switch (report.kind) {
      case 'controller-found':
        this.#found.set(report.controller.key, { ...report.controller, type: 'wled', info: null })
        this.#options.publish({ type: 'device_discovered', controller: report.controller })
        void this.#examine(report.controller)
        return
      case 'controller-moved':
        this.#found.set(report.controller.key, { ...report.controller, type: 'wled', info: null })
        void this.#examine(report.controller)
        return
      case 'controller-lost':
        this.#found.delete(report.controller.key)
        this.#options.publish({ type: 'device_lost', controller: report.controller })
        return
      case 'controller-hint':
        this.#options.onHint(report.address)
        return
      default:
        assertNever(report)
    }
  }

  /** Asks a controller who it is, and leads its device to its address. */
  async #examine(controller: FoundController): Promise<void> {
    const { pool, devices, context } = this.#options
    // mDNS is hostile ground: a packet must not make us call a server on the internet.
    if (!isPrivateAddress(controller.address)) return
    try {
      const { address, port } = controller
      const result = await pool.probe({ address, port, timeoutMs: PROBE_TIMEOUT_MS })
      const info = result.ok ? result.info : null
      if (!result.ok)
        context.log('debug', 'a controller did not tell about itself', {
          address,
          port,
          reason: result.reason,
        })
      const mac = controller.mac ?? info?.mac ?? null
      const current = this.#found.get(controller.key)
      // It has moved on, or gone, while it was asked.
      if (current?.address !== address || current.port !== port) return
      this.#found.set(controller.key, { ...controller, type: 'wled', mac, info })
      if (mac !== null) await devices.follow(mac, address, port, controller.ddp_port)
    } catch (cause) {
      context.log('warn', 'a controller could not be examined', { error: toErrorMessage(cause) })
    }
  }
}
