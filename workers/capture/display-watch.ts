import { statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

const RECONNECT_MS = 1_000

/**
 * Tells when the X server behind a local display has gone, or another one has taken its place. ffmpeg
 * does not: 5.1 goes on delivering the last picture it had (seen 2026-11-23), and the strip would stand still.
 *
 * It holds a connection it says nothing on. A server may end such a one after a minute; it is gone
 * only if it accepts no other, or if its socket is a new file.
 */
export class DisplayWatch {
  readonly #path: string | null
  readonly #onGone: () => void
  #socket: Socket | undefined
  #inode: bigint | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(display: string, onGone: () => void) {
    this.#path = toSocketPath(display)
    this.#onGone = onGone
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

  #tellGone(): void {
    this.stop()
    this.#onGone()
  }
}

/** `:0` and `:0.1` are local (X(7), "Display names"); anything else is null. */
export function toSocketPath(display: string): string | null {
  const number = /^(?:unix)?:(\d{1,5})(?:\.\d{1,5})?$/.exec(display)?.[1]
  return number === undefined ? null : `/tmp/.X11-unix/X${number}`
}

function readInode(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino
  } catch {
    return undefined
  }
}
