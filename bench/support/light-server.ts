import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { withDeadline } from '../../src/lib/deadline.ts'
import { endChild, pidOf, spawnModule } from './child.ts'

const CLI = new URL('../../src/cli/index.js', import.meta.url)
const START_DEADLINE_MS = 20_000

export interface Created {
  readonly id: string
}

/** `ledgrab serve` as it is compiled beside the bench, in a process of its own. */
export class LightServer {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #url: string

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.pid = pidOf(child)
    this.#url = url
  }

  static async start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<LightServer> {
    const common = ['serve', '--port', '0', '--log-level', 'error']
    const child = spawnModule(CLI, [...common, ...args], { LEDGRAB_DISCOVERY__ENABLED: 'false', ...env })
    let said = ''
    const listening = new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
      child.stdout?.on('data', (chunk) => {
        said += chunk
        const url = /^listening on (\S+)$/m.exec(said)?.[1]
        if (url !== undefined) resolve(url)
      })
    })
    return new LightServer(child, await withDeadline(listening, START_DEADLINE_MS, 'the start of the server'))
  }

  async get<T>(path: string): Promise<T> {
    return await this.#call<T>('GET', path)
  }

  /** @throws with the server's answer when it refuses. */
  async post<T = Created>(path: string, body?: object): Promise<T> {
    return await this.#call<T>('POST', path, body)
  }

  async put(path: string, body: object): Promise<void> {
    await this.#call('PUT', path, body)
  }

  /** An answer that is not JSON. */
  async text(path: string): Promise<string> {
    return await (await this.#request('GET', path)).text()
  }

  /** Lights a strip of DDP at this port of loopback from a source; default: without smoothing and so on. */
  async light(name: string, sourceId: string, device: object, processing: object = {}): Promise<string> {
    const common = { name, type: 'ddp', address: '127.0.0.1' }
    const { id: deviceId } = await this.post('/api/v1/devices', { ...common, ...device })
    const target = { name, device_id: deviceId, source_id: sourceId, processing }
    const { id } = await this.post('/api/v1/targets', target)
    await this.post(`/api/v1/targets/${id}/start`)
    return id
  }

  async stop(): Promise<void> {
    await endChild(this.#child)
  }

  async crash(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    return (await (await this.#request(method, path, body)).json()) as T
  }

  async #request(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
}
