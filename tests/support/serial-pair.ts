import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from './wait-for.ts'

/**
 * Two pseudo-terminals joined by socat: `path` is the port a program opens, and what it writes there
 * arrives in `received`.
 */
export class SerialPair {
  readonly path: string
  received = Buffer.alloc(0)
  readonly #far: string
  #socat: ChildProcess | undefined
  #reader: FileHandle | undefined

  constructor(folder: string) {
    this.path = join(folder, 'near')
    this.#far = join(folder, 'far')
  }

  async plug(): Promise<void> {
    const end = (path: string): string => `pty,raw,echo=0,link=${path}`
    this.#socat = spawn('socat', [end(this.path), end(this.#far)], { stdio: 'ignore' })
    await waitFor(() => existsSync(this.path) && existsSync(this.#far), 'the two ends')
    // Without O_NOCTTY it would become the terminal of a test that leads its session, and its end that test's end.
    const reader = await open(this.#far, constants.O_RDWR | constants.O_NOCTTY)
    this.#reader = reader
    // A stream of its own: `read` on a terminal would hold a thread until something comes.
    const stream = reader.createReadStream({ autoClose: false })
    stream.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk as Buffer])
    })
    stream.on('error', () => {})
  }

  /** What a controller says: Adalight's tells its name every second. */
  async say(text: string): Promise<void> {
    await this.#reader?.write(text)
  }

  /** What pulling the cable does: both ends are gone. */
  async unplug(): Promise<void> {
    const socat = this.#socat
    this.#socat = undefined
    if (!socat) return
    const ended = once(socat, 'exit')
    socat.kill('SIGTERM')
    await ended
    await this.#reader?.close().catch(() => {})
    this.received = Buffer.alloc(0)
  }
}
