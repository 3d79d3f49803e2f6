import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LedGrabError, toErrorMessage } from '../../src/errors.ts'
import type { LogLevel, VirtualControllerOptions } from '../../src/protocol/worker-messages.ts'
import { parseDdpPacket } from './ddp-packet.ts'
import { type ApiSubject, createHttpApi } from './http-api.ts'
import { EFFECTS, PALETTES, toInfoJson, toLiveJson, toStateJson } from './json-views.ts'
import { LedStrip, type StatePatch } from './led-strip.ts'
import { MdnsRecords } from './mdns-records.ts'
import { MdnsResponder } from './mdns-responder.ts'
import { NodeBeacon, toNodeBeacon } from './node-beacon.ts'
import { parseRealtimePacket } from './realtime-packet.ts'
import { StripClock } from './strip-clock.ts'
import { openUdpPort } from './udp-port.ts'

/** The ports a controller really has. */
export interface ControllerPorts {
  readonly httpPort: number
  readonly ddpPort: number
  readonly realtimePort: number
}

type Log = (level: LogLevel, message: string, fields: object) => void

/** A WLED made of sockets on 127.0.0.1. */
export class VirtualController implements ApiSubject {
  readonly #options: VirtualControllerOptions
  readonly #log: Log
  readonly #strip: LedStrip
  readonly #clock: StripClock
  readonly #beacon: NodeBeacon
  readonly #closers: (() => Promise<void>)[] = []
  #mdns: MdnsResponder | undefined
  #ports: ControllerPorts = { httpPort: 0, ddpPort: 0, realtimePort: 0 }
  #bootMs = performance.now()
  #isPlugged = true

  constructor(options: VirtualControllerOptions, log: Log) {
    const nowMs = (): number => performance.now()
    this.#options = options
    this.#log = log
    this.#strip = new LedStrip({ ledCount: options.led_count, nowMs })
    this.#clock = new StripClock(this.#strip, nowMs)
    this.#beacon = new NodeBeacon(() => toNodeBeacon(options.name, this.#strip.isOn))
  }

  get isPlugged(): boolean {
    return this.#isPlugged
  }

  /**
   * Opens the ports, then announces the controller.
   *
   * @throws `LG_SERVER_PORT_IN_USE` when one of the ports cannot be had; nothing stays open then.
   */
  async start(): Promise<ControllerPorts> {
    const { http_port, ddp_port, realtime_port } = this.#options
    try {
      this.#ports = {
        httpPort: await this.#openHttp(http_port),
        ddpPort: await this.#openUdp('DDP', ddp_port, (bytes, sender) => this.#takeDdp(bytes, sender)),
        realtimePort: await this.#openUdp('realtime', realtime_port, (bytes, sender) =>
          this.#takeRealtime(bytes, sender),
        ),
      }
    } catch (cause) {
      await this.stop()
      throw cause
    }
    this.#mdns = this.#createMdns()
    await this.#mdns.start()
    if (this.#isPlugged) this.#makeKnown()
    return this.#ports
  }

  /** Power is back: state as after a boot, and everybody hears of it. Does nothing while plugged in. */
  plug(): void {
    if (this.#isPlugged) return
    this.#isPlugged = true
    this.#bootMs = performance.now()
    this.#strip.boot()
    this.#makeKnown()
  }

  /** Silent on every port but `/virtual/*`, at once and without a goodbye. */
  unplug(): void {
    this.#isPlugged = false
    this.#mdns?.fallSilent()
    this.#beacon.stop()
  }

  /** Says goodbye and closes everything. */
  async stop(): Promise<void> {
    this.#beacon.stop()
    await this.#mdns?.stop()
    this.#mdns = undefined
    await Promise.all(this.#closers.splice(0).map((close) => close()))
    // Last: a packet that still came in would have armed it again.
    this.#clock.stop()
  }

  setState(patch: StatePatch): void {
    const wasOn = this.#strip.isOn
    this.#strip.setState(patch)
    this.#clock.arm()
    if (this.#strip.isOn !== wasOn) this.#beacon.send()
  }

  view(path: string): object | undefined {
    // A timer may be late; what is due is due.
    this.#strip.tick()
    switch (path) {
      case '/json':
        return { ...this.#stateAndInfo(), effects: EFFECTS, palettes: PALETTES }
      case '/json/si':
        return this.#stateAndInfo()
      case '/json/state':
        return toStateJson(this.#strip)
      case '/json/info':
        return this.#info()
      case '/json/live':
        return toLiveJson(this.#strip)
      case '/json/nodes':
        return { nodes: [] }
      case '/json/eff':
        return EFFECTS
      case '/json/pal':
        return PALETTES
      default:
        return undefined
    }
  }

  #makeKnown(): void {
    this.#mdns?.speak()
    this.#beacon.start()
  }

  #stateAndInfo(): object {
    return { state: toStateJson(this.#strip), info: this.#info() }
  }

  #info(): object {
    const { name, mac } = this.#options
    const uptimeSeconds = Math.floor((performance.now() - this.#bootMs) / 1_000)
    return toInfoJson({ name, mac, ...this.#ports }, this.#strip, uptimeSeconds)
  }

  async #openHttp(port: number): Promise<number> {
    const server = createHttpApi(this)
    this.#closers.push(() => closeServer(server))
    server.listen(port, '127.0.0.1')
    await this.#claim(once(server, 'listening'), 'HTTP', port)
    return (server.address() as AddressInfo).port
  }

  async #openUdp(
    what: string,
    port: number,
    take: (bytes: Uint8Array, sender: string) => void,
  ): Promise<number> {
    const opening = openUdpPort(port, (bytes, from) => {
      if (this.#isPlugged) take(bytes, from.address)
    })
    const socket = await this.#claim(opening, what, port)
    this.#closers.push(() => new Promise((resolve) => socket.close(resolve)))
    return socket.address().port
  }

  async #claim<T>(opening: Promise<T>, what: string, port: number): Promise<T> {
    try {
      return await opening
    } catch (cause) {
      throw new LedGrabError(
        'LG_SERVER_PORT_IN_USE',
        `The virtual controller "${this.#options.name}" cannot have ${what} port ${port} ` +
          `(${toErrorMessage(cause)}). Give it another one, or 0 for any that is free.`,
        { cause },
      )
    }
  }

  #createMdns(): MdnsResponder {
    const { name, mac } = this.#options
    return new MdnsResponder({
      records: new MdnsRecords({ name, mac, ...this.#ports }),
      onProblem: (problem) =>
        this.#log('warn', 'a virtual controller cannot be found by mDNS', { name, problem }),
    })
  }

  #takeDdp(bytes: Uint8Array, sender: string): void {
    const packet = parseDdpPacket(bytes)
    if (packet) this.#strip.takeDdp(packet, sender)
    this.#clock.arm()
  }

  #takeRealtime(bytes: Uint8Array, sender: string): void {
    const packet = parseRealtimePacket(bytes)
    if (packet) this.#strip.takeRealtime(packet, sender)
    this.#clock.arm()
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
