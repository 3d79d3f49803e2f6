import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { DeviceService } from '../devices/device-service.ts'
import { NEUTRAL_PROCESSING } from '../led/processing.ts'
import type { Part } from '../lib/part.ts'
import type { Device } from '../protocol/api-devices.ts'
import type { Source } from '../protocol/api-sources.ts'
import type {
  VirtualControllerCommand,
  VirtualControllerOptions,
  VirtualControllerReport,
} from '../protocol/worker-messages.ts'
import type { SettingsStore } from '../storage/settings-store.ts'
import { Supervisor, type SupervisorContext } from '../threads/supervisor.ts'
import type { SourceService } from './source-service.ts'
import type { TargetService } from './target-service.ts'

const CONTROLLERS = [
  { name: 'Demo TV', led_count: 120 },
  { name: 'Demo Desk', led_count: 60 },
] as const
const SOURCE_NAME = 'Test card'
const SETTINGS_KEY = 'demo_macs'

interface DemoController {
  readonly name: string
  readonly mac: string
  readonly led_count: number
}

export interface DemoOptions {
  readonly context: SupervisorContext
  readonly devices: DeviceService
  readonly sources: SourceService
  readonly targets: TargetService
  /** Keeps the MACs of the controllers, so that the next demo is the same one. */
  readonly settings: SettingsStore
}

const Macs = z.array(z.string().regex(/^[0-9a-f]{12}$/)).length(CONTROLLERS.length)

type Ports = Pick<VirtualControllerReport, 'http_port' | 'ddp_port'>

/** Two virtual controllers on loopback, lit from the test card: LedGrab without any hardware. */
export class Demo implements Part {
  readonly #options: DemoOptions
  readonly #supervisors: Supervisor<
    VirtualControllerOptions,
    VirtualControllerCommand,
    VirtualControllerReport
  >[] = []

  constructor(options: DemoOptions) {
    this.#options = options
  }

  /** Starts the controllers and sets up what is missing; devices of an earlier demo are found by MAC. */
  async start(): Promise<void> {
    const source = await this.#ensureSource()
    for (const controller of await this.#ensureControllers()) {
      const ports = await this.#startController(controller)
      const device = await this.#ensureDevice(controller, ports)
      await this.#ensureTarget(device, source)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.stop()))
  }

  async #startController(controller: DemoController): Promise<Ports> {
    return await new Promise<Ports>((resolve, reject) => {
      const supervisor = new Supervisor<
        VirtualControllerOptions,
        VirtualControllerCommand,
        VirtualControllerReport
      >(this.#options.context, {
        entry: 'virtual-controller',
        name: `virtual controller ${controller.name}`,
        options: () => ({
          // As WLED's, its name on the network tells it from others of the kind: another demo may run here.
          name: `${controller.name} ${controller.mac.slice(-4)}`,
          mac: controller.mac,
          led_count: controller.led_count,
          http_port: 0,
          ddp_port: 0,
          realtime_port: 0,
        }),
        onReport: (report) => {
          resolve(report)
          // After a crash it listens on other ports.
          void this.#options.devices.follow(controller.mac, '127.0.0.1', report.http_port, report.ddp_port)
        },
      })
      this.#supervisors.push(supervisor)
      supervisor.start().catch(reject)
    })
  }

  async #ensureControllers(): Promise<readonly DemoController[]> {
    const { settings } = this.#options
    const stored = Macs.safeParse(await settings.getSetting(SETTINGS_KEY))
    const macs = stored.success ? stored.data : CONTROLLERS.map(createMac)
    if (!stored.success) await settings.setSetting(SETTINGS_KEY, macs)
    return CONTROLLERS.map((controller, index) => ({ ...controller, mac: macs[index] ?? createMac() }))
  }

  async #ensureSource(): Promise<Source> {
    const { sources } = this.#options
    const existing = (await sources.list()).find(({ type }) => type === 'testcard')
    return existing ?? (await sources.create({ name: SOURCE_NAME, type: 'testcard', fps: 30 }))
  }

  async #ensureDevice(controller: DemoController, ports: Ports): Promise<Device> {
    const { devices } = this.#options
    const existing = await devices.findByMac(controller.mac)
    if (existing) {
      await devices.follow(controller.mac, '127.0.0.1', ports.http_port, ports.ddp_port)
      return existing
    }
    return await devices.create({
      ...controller,
      type: 'virtual',
      address: '127.0.0.1',
      port: ports.http_port,
      realtime_port: ports.ddp_port,
    })
  }

  async #ensureTarget(device: Device, source: Source): Promise<void> {
    const { targets } = this.#options
    const existing = (await targets.list()).find((target) => target.device_id === device.id)
    // What somebody has stopped stays off; what ran has been resumed.
    if (existing !== undefined) return
    const { id } = await targets.create({
      name: `${device.name} lights`,
      device_id: device.id,
      source_id: source.id,
      processing: NEUTRAL_PROCESSING,
    })
    await targets.startTarget(id)
  }
}

/** A locally administered address (IEEE 802 §8.2): no real controller has one like it. */
function createMac(): string {
  return `02${randomBytes(5).toString('hex')}`
}
