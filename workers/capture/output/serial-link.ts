import { access, constants } from 'node:fs/promises'
import type { SerialPort } from 'serialport'
import { toErrorMessage } from '../../../src/errors.ts'
import { Backoff } from '../../../src/lib/backoff.ts'
import type { Link, LinkCounts } from './link.ts'
import { Traffic } from './traffic.ts'

export interface SerialLinkOptions {
  /** `/dev/ttyUSB0`, `COM3`. */
  readonly path: string
  readonly baudRate: number
  /** Called when the port has taken what was sent: a frame may follow. */
  readonly onIdle: () => void
  /** Told once when a port that is there cannot be used, with a phrase for people, and when it can be again. */
  readonly onTrouble: (reason: string | undefined) => void
  /** Loads the package that opens ports, which is optional. */
  readonly load?: () => Promise<{ readonly SerialPort: typeof SerialPort }>
}

/** A serial port. It is opened again 1 s, 2 s and then every 5 s after it was lost or could not be opened. */
export class SerialLink implements Link {
  readonly #options: SerialLinkOptions
  readonly #traffic = new Traffic()
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 5_000 })
  #port: SerialPort | undefined
  /** Of the port that is open: made with it, not with every frame. */
  #onDrained: (cause: Error | null) => void = () => {}
  #retry: NodeJS.Timeout | undefined
  #isInTrouble = false
  #isClosed = false

  constructor(options: SerialLinkOptions) {
    this.#options = options
  }

  get isBusy(): boolean {
    return this.#traffic.isBusy
  }

  async open(): Promise<void> {
    try {
      const port = await this.#openPort()
      if (this.#isClosed) {
        port.close()
        return
      }
      this.#port = port
      this.#onDrained = (cause) => this.#drained(port, cause)
      this.#backoff.reset()
      this.#tell(undefined)
    } catch (cause) {
      this.#traffic.fail()
      // A port that is not plugged in is offline, and told as such by whoever watches devices.
      if (await this.#exists()) this.#tell(toErrorMessage(cause))
      this.#openLater()
    }
  }

  send(packets: readonly Uint8Array[]): void {
    const port = this.#port
    if (!port) {
      this.#traffic.fail(packets.length)
      return
    }
    for (let i = 0; i < packets.length; i += 1) {
      const packet = packets[i]
      if (!packet) continue
      this.#traffic.begin()
      port.write(packet)
      // The port queues kilobytes; waiting until they are on the wire is what keeps colours fresh.
      port.drain(this.#onDrained)
    }
  }

  takeCounts(): LinkCounts {
    return this.#traffic.takeCounts()
  }

  /** Resolves when somebody else can open the port. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    const port = this.#port
    this.#port = undefined
    if (port) await new Promise<void>((resolve) => port.close(() => resolve()))
  }

  async #openPort(): Promise<SerialPort> {
    const { path, baudRate, load = loadSerialport } = this.#options
    const { SerialPort } = await load().catch((cause: unknown) => {
      throw new Error('the optional package serialport is not installed; run npm install serialport', {
        cause,
      })
    })
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    await new Promise<void>((resolve, reject) => {
      port.open((cause) => (cause ? reject(cause) : resolve()))
    })
    port.on('error', () => {
      this.#traffic.fail()
    })
    port.once('close', () => this.#lost(port))
    // Adalight's device says "Ada" every second: read, or the port fills up.
    port.resume()
    return port
  }

  #drained(port: SerialPort, cause: Error | null): void {
    // A lost port may still answer for what it was given.
    if (this.#port !== port) return
    if (this.#traffic.end(!cause)) this.#options.onIdle()
  }

  #lost(port: SerialPort): void {
    if (this.#port !== port) return
    this.#port = undefined
    // Those that wait for the port to drain are not told that it is gone.
    this.#traffic.forget()
    this.#openLater()
  }

  #openLater(): void {
    if (this.#isClosed) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.open(), this.#backoff.nextMs())
  }

  async #exists(): Promise<boolean> {
    const { path } = this.#options
    // Windows has no file for a port.
    if (!path.startsWith('/')) return true
    return await access(path, constants.F_OK).then(
      () => true,
      () => false,
    )
  }

  #tell(reason: string | undefined): void {
    const isInTrouble = reason !== undefined
    if (isInTrouble === this.#isInTrouble || this.#isClosed) return
    this.#isInTrouble = isInTrouble
    this.#options.onTrouble(reason)
  }
}

function loadSerialport(): Promise<{ readonly SerialPort: typeof SerialPort }> {
  return import('serialport')
}
