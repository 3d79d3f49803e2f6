import { randomBytes } from 'node:crypto'
import {
  type ControllerPorts,
  VirtualController,
} from '../../workers/virtual-controller/virtual-controller.ts'

const LEDS = 30

/** Runs `work` with controllers of these names and closes them, however that ends. */
export async function withStandIns<N extends string>(
  names: readonly N[],
  work: (controllers: Readonly<Record<N, WledStandIn>>) => Promise<void>,
): Promise<void> {
  const controllers = names.map((name) => [name, new WledStandIn(name)] as const)
  try {
    await work(Object.fromEntries(controllers) as Record<N, WledStandIn>)
  } finally {
    await Promise.all(controllers.map(([, controller]) => controller.stop()))
  }
}

/** A virtual controller that a test takes through what happens to real ones. */
export class WledStandIn {
  readonly name: string
  readonly mac = `02${randomBytes(5).toString('hex')}`
  #controller: VirtualController
  #ports: ControllerPorts = { httpPort: 0, ddpPort: 0, realtimePort: 0 }

  constructor(name: string) {
    this.name = name
    this.#controller = this.#create()
  }

  /** What `POST /api/v1/devices` takes for it. */
  get deviceFields(): object {
    const { httpPort: port, ddpPort: realtime_port } = this.#ports
    return { name: this.name, type: 'wled', mac: this.mac, led_count: LEDS, port, realtime_port }
  }

  async start(): Promise<void> {
    this.#ports = await this.#controller.start()
  }

  /** Answers nothing any more, on no port. */
  unplug(): void {
    this.#controller.unplug()
  }

  plug(): void {
    this.#controller.plug()
  }

  /** Its ports are closed: whoever asks is refused. */
  async stop(): Promise<void> {
    await this.#controller.stop()
  }

  /** After `stop`, as after a boot. @param isElsewhere on other ports than before. */
  async boot(isElsewhere = false): Promise<void> {
    if (isElsewhere) this.#ports = { httpPort: 0, ddpPort: 0, realtimePort: 0 }
    this.#controller = this.#create()
    await this.start()
  }

  /** Whether it shows what somebody streams by DDP. */
  async isLit(): Promise<boolean> {
    const url = `http://127.0.0.1:${this.#ports.httpPort}/json/info`
    // A connection of before a boot is found broken when it is used again.
    const response = await fetch(url).catch(() => undefined)
    if (response === undefined) return false
    const info = (await response.json()) as { readonly live: boolean; readonly lm: string }
    return info.live && info.lm === 'DDP'
  }

  #create(): VirtualController {
    const { httpPort: http_port, ddpPort: ddp_port, realtimePort: realtime_port } = this.#ports
    const options = { name: this.name, mac: this.mac, led_count: LEDS, http_port, ddp_port, realtime_port }
    return new VirtualController(options, () => {})
  }
}
