import { readFileSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  findCookie,
  parseEvents,
  parseSetup,
  type ScreenSize,
  toSetupRequest,
  toWatchRequest,
} from './x11-messages.ts'

const RECONNECT_MS = 1_000

export interface DisplayEvents {
  readonly onGone: () => void
  /** Not told of a display whose server does not let us ask. */
  readonly onResize?: (size: ScreenSize) => void
}

/**
 * Tells when the X server behind a local display has gone, or another one has taken its place. ffmpeg
 * does not: 5.1 goes on delivering the last picture it had (seen 2026-11-23), and the strip would stand still.
 *
 * It holds a connection. A server may end it; the server is gone only if it accepts no other, or if its socket
 * is a new file. On request it also tells when the screen has another size: of a larger one ffmpeg goes on
 * showing the old part.
 */
export class DisplayWatch {
  readonly #path: string | null
  readonly #events: DisplayEvents
  /** What is still to be asked of the server; undefined: nothing. */
  #displayNumber: string | undefined
  #size: ScreenSize | undefined
  #socket: Socket | undefined
  #inode: bigint | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(display: string, events: DisplayEvents) {
    this.#path = toSocketPath(display)
    this.#events = events
    if (events.onResize && !/\.0*[1-9]/.test(display)) this.#displayNumber = /:(\d+)/.exec(display)?.[1]
  }

  /** A display on another machine, or one whose socket cannot be reached from here, is not watched. */
  start(): void {
    if (this.#path === null) return
    const path = this.#path
    let isConnected = false
    const socket = connect(path)
    this.#socket = socket
    socket.once('connect', () => {
      isConnected = true
      const inode = readInode(path)
      this.#inode ??= inode
      if (inode !== this.#inode) this.#tellGone()
      else this.#followSize(socket)
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      if (this.#socket !== socket) return
      if (isConnected) this.#retry = setTimeout(() => this.start(), RECONNECT_MS)
      else if (this.#inode !== undefined) this.#tellGone()
    })
    // Only a socket that is read notices that the other end has closed.
    socket.resume()
  }

  stop(): void {
    clearTimeout(this.#retry)
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }

  #followSize(socket: Socket): void {
    if (this.#displayNumber === undefined) return
    let received: Buffer = Buffer.alloc(0)
    let root: number | undefined
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (root === undefined) {
        const answer = parseSetup(received)
        // Without the right to ask, that the server lives is still seen.
        if (answer === 'refused') this.#displayNumber = undefined
        if (answer === undefined || answer === 'refused') return
        root = answer.setup.root
        received = received.subarray(answer.bytes)
        socket.write(toWatchRequest(root))
        this.#takeSize(answer.setup.size)
      }
      const { size, bytes } = parseEvents(received, root)
      received = received.subarray(bytes)
      if (size !== undefined) this.#takeSize(size)
    })
    socket.write(toSetupRequest(readCookie(this.#displayNumber)))
  }

  #takeSize(size: ScreenSize): void {
    const before = this.#size
    this.#size = size
    if (before === undefined || (before.width === size.width && before.height === size.height)) return
    this.stop()
    this.#events.onResize?.(size)
  }

  #tellGone(): void {
    this.stop()
    this.#events.onGone()
  }
}

/** `:0` and `:0.1` are local (X(7), "Display names"); anything else is null. */
export function toSocketPath(display: string): string | null {
  const number = /^(?:unix)?:(\d{1,5})(?:\.\d{1,5})?$/.exec(display)?.[1]
  return number === undefined ? null : `/tmp/.X11-unix/X${number}`
}

function readCookie(displayNumber: string): Uint8Array | undefined {
  try {
    const file = process.env.XAUTHORITY ?? join(homedir(), '.Xauthority')
    return findCookie(readFileSync(file), displayNumber)
  } catch {
    return undefined
  }
}

function readInode(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino
  } catch {
    return undefined
  }
}
