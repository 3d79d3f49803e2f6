import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { withDeadline } from '../../src/lib/deadline.ts'
import { tempDir } from './temp-dir.ts'

/** Two hosts on a link of their own: `a` is ours to browse from, on `b` runs avahi. */
export const HOST_A = '10.77.0.1'
export const HOST_B = '10.77.0.2'

const START_TIMEOUT_MS = 20_000

const BUS_CONFIG = (address: string): string => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`

const AVAHI_CONFIG = `[server]
host-name=wled-desk
use-ipv4=yes
use-ipv6=no
[publish]
publish-workstation=no
publish-hinfo=no
`

/**
 * Two network namespaces joined by a veth pair, and an avahi daemon with a message bus of its own in one.
 * Nothing of the machine's own network, bus or avahi is touched.
 */
export class AvahiHosts {
  readonly #names = { a: `ledgrab-a-${process.pid}`, b: `ledgrab-b-${process.pid}` }
  readonly #ends = { a: `lga${process.pid}`, b: `lgb${process.pid}` }
  readonly #bus: string
  readonly #folder: string
  readonly #children: ChildProcess[] = []

  constructor() {
    this.#folder = tempDir()
    this.#bus = `unix:path=${join(this.#folder, 'bus')}`
  }

  async start(): Promise<void> {
    removeStale()
    this.#link()
    const busConfig = join(this.#folder, 'bus.conf')
    writeFileSync(busConfig, BUS_CONFIG(this.#bus))
    const avahiConfig = join(this.#folder, 'avahi.conf')
    writeFileSync(avahiConfig, AVAHI_CONFIG)
    const bus = this.#spawn('dbus-daemon', [
      `--config-file=${busConfig}`,
      '--nofork',
      '--nopidfile',
      '--print-address',
    ])
    await hear(bus, 'unix:', 'the message bus')
    // `ip netns exec` gives a mount namespace too: the daemon's pid file and socket stay inside.
    const avahi = `mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon &&
      exec avahi-daemon -f ${avahiConfig} --no-drop-root --no-chroot --no-rlimits`
    await hear(this.run('b', 'sh', ['-c', avahi]), 'Server startup complete', 'avahi')
  }

  /** Announces a service on `b` until the child is ended. */
  async publish(name: string, port: number, text: string): Promise<ChildProcess> {
    const publisher = this.run('b', 'avahi-publish', ['-s', name, '_wled._tcp', String(port), text])
    await hear(publisher, 'Established under name', 'avahi-publish')
    return publisher
  }

  /** What a new DHCP lease does. */
  changeAddressOfB(from: string, to: string): void {
    const { b } = this.#names
    ip('-n', b, 'addr', 'del', `${from}/24`, 'dev', this.#ends.b)
    ip('-n', b, 'addr', 'add', `${to}/24`, 'dev', this.#ends.b)
    ip('-n', b, 'route', 'add', 'default', 'dev', this.#ends.b)
  }

  /** Pulls or plugs the cable between the two. */
  setLinkOfA(state: 'up' | 'down'): void {
    ip('-n', this.#names.a, 'link', 'set', this.#ends.a, state)
  }

  /** Starts a program on one of the hosts. It ends with them. */
  run(host: 'a' | 'b', program: string, args: readonly string[]): ChildProcess {
    return this.#spawn('ip', ['netns', 'exec', this.#names[host], program, ...args])
  }

  async stop(): Promise<void> {
    // Newest first: a publisher says goodbye while its daemon still runs.
    for (const child of this.#children.reverse()) await end(child)
    for (const name of Object.values(this.#names)) removeNamespace(name)
  }

  #link(): void {
    const { a, b } = this.#names
    ip('netns', 'add', a)
    ip('netns', 'add', b)
    ip('link', 'add', this.#ends.a, 'netns', a, 'type', 'veth', 'peer', 'name', this.#ends.b, 'netns', b)
    for (const [name, device, address] of [
      [a, this.#ends.a, HOST_A],
      [b, this.#ends.b, HOST_B],
    ] as const) {
      ip('-n', name, 'link', 'set', 'lo', 'up')
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', device)
      ip('-n', name, 'link', 'set', device, 'up')
      ip('-n', name, 'route', 'add', 'default', 'dev', device)
    }
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: this.#bus },
    })
    child.on('error', () => {}) // Whoever waits for its words hears of it.
    this.#children.push(child)
    return child
  }
}

/** Waits until `child` has said `words` on either output. */
async function hear(child: ChildProcess, words: string, what: string): Promise<void> {
  let said = ''
  const heard = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk
        if (said.includes(words)) resolve()
      })
    }
    child.once('exit', (code) => reject(new Error(`${what} ended with ${code}: ${said}`)))
  })
  await withDeadline(heard, START_TIMEOUT_MS, `the start of ${what}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await exited
  clearTimeout(timer)
}

/** Namespaces of a run that was killed, told by the process id in their names. */
function removeStale(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const name = /^ledgrab-[ab]-(\d+)/.exec(line)
    if (name && !isAlive(Number(name[1]))) removeNamespace(name[0])
  }
}

/** With what still runs inside; the veth pair goes along. */
function removeNamespace(name: string): void {
  try {
    for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL')
    ip('netns', 'del', name)
  } catch {
    // It is not there, or what ran in it ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
