import { once } from 'node:events'
import { WebSocket } from 'ws'

/** `fast` reads as it comes, `slow` stands still after everything it reads, `never` stops at once. */
export type Pace = 'fast' | 'slow' | 'never'

const SLOW_PAUSE_MS = 500
const ENTRY = /^\{"type":"activity_logged","seq":(\d+),/
/** Enough of a frame to see its number. */
const HEAD_BYTES = 64

/** A watcher from the first entry on that counts what it hears and keeps none of it; cut off, it comes back. */
export class PacedClient {
  readonly pace: Pace
  readonly #url: string
  #socket: WebSocket | undefined
  #isReadingOn = false
  #isDone = false
  #lastSeq = 0
  #doubled = 0
  #skipped = 0
  #cutOffs = 0

  constructor(url: string, pace: Pace) {
    this.#url = `${url.replace('http', 'ws')}/api/v1/events/ws`
    this.pace = pace
  }

  /** Everything up to here was heard, unless it was skipped. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  get doubled(): number {
    return this.#doubled
  }

  get skipped(): number {
    return this.#skipped
  }

  get cutOffs(): number {
    return this.#cutOffs
  }

  async open(): Promise<void> {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#hear(socket, data))
    socket.on('error', () => {})
    socket.on('close', () => this.#onClose())
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'auth' }))
    socket.send(JSON.stringify({ type: 'subscribe', since_seq: this.#lastSeq }))
    if (this.pace === 'never' && !this.#isReadingOn) socket.pause()
  }

  /** From now on it reads as fast as it can. */
  readOn(): void {
    this.#isReadingOn = true
    this.#socket?.resume()
  }

  close(): void {
    this.#isDone = true
    this.#socket?.terminate()
  }

  #hear(socket: WebSocket, data: Buffer): void {
    const seq = Number(ENTRY.exec(data.toString('latin1', 0, HEAD_BYTES))?.[1] ?? 0)
    if (seq === 0) return
    if (seq <= this.#lastSeq) this.#doubled += 1
    else this.#skipped += seq - this.#lastSeq - 1
    this.#lastSeq = Math.max(this.#lastSeq, seq)
    if (this.pace !== 'slow' || this.#isReadingOn || socket.isPaused) return
    socket.pause()
    setTimeout(() => socket.resume(), SLOW_PAUSE_MS)
  }

  #onClose(): void {
    if (this.#isDone) return
    this.#cutOffs += 1
    // A server that refuses is seen by what was never heard.
    this.open().catch(() => {})
  }
}
