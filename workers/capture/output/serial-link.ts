import { access, constants } from 'node:fs/promises'
import { toErrorMessage } from '../../../src/errors.ts'
import { Backoff } from '../../../src/lib/backoff.ts'
import type { Link, LinkCounts } from './link.ts'
import { PortProcess } from './port-process.ts'
import { Traffic } from './traffic.ts'

export interface SerialLinkOptions {
  /** `/dev/ttyUSB0`, `COM3`. */
  readonly path: string
  readonly baudRate: number
  /** Called when the port has taken what was sent: a frame may follow. */
  readonly onIdle: () => void
  /** Told once when a port that is there cannot be used, with a phrase for people, and when it can be again. */
  readonly onTrouble: (reason: string | undefined) => void
  readonly openPort?: typeof PortProcess.open
}

/** A serial port, held by a process of its own. It is opened again 1 s, 2 s and then every 5 s after it was lost or could not be opened. */
export class SerialLink implements Link {
  readonly #options: SerialLinkOptions
  readonly #traffic = new Traffic()
  readonly #backoff = new Backoff({ firstMs: 1_000, capMs: 5_000 })
  #port: PortProcess | undefined
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
      const { path, baudRate, openPort = PortProcess.open } = this.#options
      const port: PortProcess = await openPort(path, baudRate, {
        onSent: (hasLeft) => this.#sent(port, hasLeft),
        onLost: () => this.#lost(port),
      })
      if (this.#isClosed) {
        await port.close()
        return
      }
      this.#port = port
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
    await port?.close()
  }

  #sent(port: PortProcess, hasLeft: boolean): void {
    // A lost port may still answer for what it was given.
    if (this.#port !== port) return
    if (this.#traffic.end(hasLeft)) this.#options.onIdle()
  }

  #lost(port: PortProcess): void {
    if (this.#port !== port) return
    this.#port = undefined
    this.#traffic.fail()
    // What was under way is not told of any more.
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
