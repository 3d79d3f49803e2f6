import { readdirSync, readFileSync } from 'node:fs'
import { VirtualController } from '../../workers/virtual-controller/virtual-controller.ts'
import { type Created, LightServer } from '../support/light-server.ts'
import type { SoakSample } from './sample.ts'

const LEDS = 120

/** The demo with more controllers; the further ones live in this process, so that only the server is measured. */
export class SoakedServer {
  readonly #server: LightServer
  readonly #controllers: readonly VirtualController[]
  #targets: readonly string[] = []
  #changes = 0

  private constructor(server: LightServer, controllers: readonly VirtualController[]) {
    this.#server = server
    this.#controllers = controllers
  }

  /** @param count of controllers in all, the demo's two included. */
  static async start(folder: string, count: number): Promise<SoakedServer> {
    const server = await LightServer.start(['--demo', '--data-dir', folder])
    const demo = await server.get<readonly Created[]>('/api/v1/targets')
    const [source] = await server.get<readonly Created[]>('/api/v1/sources')
    if (source === undefined) throw new Error('the demo has no source')
    const controllers = Array.from({ length: count - demo.length }, (_, index) => toController(index))
    const soaked = new SoakedServer(server, controllers)
    for (const [index, controller] of controllers.entries()) {
      const { httpPort: port, ddpPort: realtime_port } = await controller.start()
      const device = { type: 'virtual', port, realtime_port, led_count: LEDS }
      await server.light(`Soak ${index + 1}`, source.id, device)
    }
    soaked.#targets = (await server.get<readonly Created[]>('/api/v1/targets')).map(({ id }) => id)
    return soaked
  }

  /** Somebody changes a light, so that the log grows too. */
  async change(): Promise<void> {
    const round = Math.floor(this.#changes / this.#targets.length)
    const id = this.#targets[this.#changes % this.#targets.length] ?? ''
    const brightness = round % 2 === 0 ? 0.5 : 1
    this.#changes += 1
    await this.#server.put(`/api/v1/targets/${id}`, { processing: { brightness } })
  }

  async look(minutes: number): Promise<SoakSample> {
    const metrics = await this.#server.text('/metrics')
    const ages = metricsOf(metrics, 'ledgrab_target_frame_age_max_seconds')
    return {
      minutes,
      rss_mb: toMegabytes(readRssBytes(this.#server.pid)),
      heap_mb: toMegabytes(sum(metricsOf(metrics, 'ledgrab_nodejs_heap_size_used_bytes'))),
      files: readdirSync(`/proc/${this.#server.pid}/fd`).length,
      late_ms: ages.length === 0 ? null : Math.round(Math.max(...ages) * 100_000) / 100,
      frames_out: sum(metricsOf(metrics, 'ledgrab_target_frames_out_total')),
      head_seq: sum(metricsOf(metrics, 'ledgrab_activity_head_seq')),
    }
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    await Promise.all(this.#controllers.map((controller) => controller.stop()))
  }
}

function toController(index: number): VirtualController {
  const options = {
    name: `Soak ${index + 1}`,
    mac: `02${String(index).padStart(10, '0')}`,
    led_count: LEDS,
    ...{ http_port: 0, ddp_port: 0, realtime_port: 0 },
  }
  return new VirtualController(options, () => {})
}

/** The values of one metric, whatever its labels. */
function metricsOf(text: string, name: string): readonly number[] {
  return text.split('\n').flatMap((line) => {
    const isIt = line.startsWith(`${name} `) || line.startsWith(`${name}{`)
    return isIt ? [Number(line.slice(line.lastIndexOf(' ') + 1))] : []
  })
}

function readRssBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1_024
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 10_000) / 100
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
