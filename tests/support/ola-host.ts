import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { withDeadline } from '../../src/lib/deadline.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

/** The only host of its namespace. */
export const OLA_ADDRESS = '10.78.0.1'
const HTTP_PORT = 9_090
const RPC_PORT = 9_010
const NOBODY = 65_534
const START_TIMEOUT_MS = 20_000

const PLUGINS_OFF = [
  'dummy',
  'espnet',
  'ftdidmx',
  'gpio',
  'karate',
  'kinet',
  'milinst',
  'opendmx',
  'openpixelcontrol',
  'osc',
  'pathport',
  'renard',
  'sandnet',
  'shownet',
  'spi',
  'stageprofi',
  'uartdmx',
  'usbdmx',
  'usbserial',
]

const Ports = z.array(z.object({ device: z.string(), id: z.string() }))
const Dmx = z.object({ dmx: z.array(z.int()) })

export type OlaProtocol = 'E1.31' | 'ArtNet'

/**
 * The Open Lighting Architecture's daemon as a user without rights in a network namespace of its own,
 * which has one address on a veth pair: OLA passes over hosts that have loopback only.
 */
export class OlaHost {
  readonly #name = `ledgrab-ola-${process.pid}`
  readonly #end = `lgo${process.pid}`
  readonly #children: ChildProcess[] = []

  async start(): Promise<void> {
    this.#link()
    const folder = tempDir()
    chmodSync(folder, 0o777)
    const configure = (plugin: string, lines: readonly string[]): void => {
      const file = join(folder, `ola-${plugin}.conf`)
      writeFileSync(file, `${lines.join('\n')}\n`)
      chmodSync(file, 0o666)
    }
    for (const plugin of PLUGINS_OFF) configure(plugin, ['enabled = false'])
    configure('e131', ['enabled = true', 'input_ports = 8', 'output_ports = 0'])
    configure('artnet', ['enabled = true', 'input_ports = 4', 'output_ports = 0', 'net = 0', 'subnet = 0'])
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', 'env', `HOME=${folder}`]
    const options = [
      '-c',
      folder,
      '-p',
      String(HTTP_PORT),
      '-r',
      String(RPC_PORT),
      '--no-register-with-dns-sd',
    ]
    this.run('setpriv', [...user, 'olad', ...options])
    await waitFor(() => this.#listPorts().length >= 2, 'OLA to offer its ports', START_TIMEOUT_MS)
  }

  /** Makes universes and ties each to an input of `protocol`, in this order. */
  addUniverses(protocol: OlaProtocol, universes: readonly number[]): void {
    const port = this.#listPorts().find(({ device }) => device.startsWith(protocol))
    if (!port) throw new Error(`OLA has no device for ${protocol}`)
    const [device] = port.id.split('-')
    universes.forEach((universe, index) => {
      const body = new URLSearchParams({
        id: String(universe),
        name: `${protocol} ${universe}`,
        add_ports: `${device}-I-${index}`,
      })
      const answer = this.#fetch('/new_universe', body.toString())
      if (!answer.includes('"ok": true')) throw new Error(`OLA refuses universe ${universe}: ${answer}`)
    })
  }

  /** The channels of a universe as OLA has them now. */
  readDmx(universe: number): readonly number[] {
    return Dmx.parse(JSON.parse(this.#fetch(`/get_dmx?u=${universe}`))).dmx
  }

  /** Starts a program in the namespace. It ends with it. */
  run(program: string, args: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#name, program, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child.on('error', () => {}) // Whoever waits for it hears of it.
    this.#children.push(child)
    return child
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await withDeadline(exited, 5_000, 'the end of a program')
    }
    execFileSync('ip', ['netns', 'del', this.#name])
  }

  #link(): void {
    const ip = (...args: readonly string[]): void => void execFileSync('ip', args)
    ip('netns', 'add', this.#name)
    const peer = `${this.#end}p`
    ip('link', 'add', this.#end, 'netns', this.#name, 'type', 'veth', 'peer', 'name', peer)
    ip('link', 'set', peer, 'netns', this.#name)
    for (const link of ['lo', this.#end, peer]) ip('-n', this.#name, 'link', 'set', link, 'up')
    ip('-n', this.#name, 'addr', 'add', `${OLA_ADDRESS}/24`, 'dev', this.#end)
    ip('-n', this.#name, 'route', 'add', 'default', 'dev', this.#end)
  }

  #listPorts(): z.infer<typeof Ports> {
    try {
      return Ports.parse(JSON.parse(this.#fetch('/json/get_ports')))
    } catch {
      // Not up yet.
      return []
    }
  }

  #fetch(path: string, body?: string): string {
    const script = `const [url, body] = process.argv.slice(1)
      const init = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      fetch(url, init).then((answer) => answer.text()).then((text) => process.stdout.write(text))`
    const args = ['-e', script, `http://127.0.0.1:${HTTP_PORT}${path}`, ...(body === undefined ? [] : [body])]
    return execFileSync('ip', ['netns', 'exec', this.#name, process.execPath, ...args], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }
}
