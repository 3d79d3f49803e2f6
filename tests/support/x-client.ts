import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { withDeadline } from '../../src/lib/deadline.ts'
import { parseSetup, toSetupRequest } from '../../workers/capture/x11-messages.ts'

const MESSAGE_BYTES = 32
const ANSWER_MS = 5_000
const GET_INPUT_FOCUS = 43
const QUERY_EXTENSION = 98

/**
 * A real X client of few bytes, so that what it does takes next to nothing (X Window System Protocol, Version
 * 11). For a server on this machine that asks for no authority.
 */
export class XClient {
  readonly root: number
  readonly #socket: Socket
  readonly #firstId: number
  #ids = 0
  #received: Buffer = Buffer.alloc(0)
  readonly #waiting: ((reply: Buffer) => void)[] = []
  readonly #listeners: ((event: Buffer) => void)[] = []

  private constructor(socket: Socket, root: number, firstId: number) {
    this.#socket = socket
    this.root = root
    this.#firstId = firstId
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** @param display as Xvfb names it: `:99`. */
  static async open(display: string): Promise<XClient> {
    const socket = createConnection(`/tmp/.X11-unix/X${display.slice(1)}`)
    await withDeadline(once(socket, 'connect'), ANSWER_MS, 'the X server')
    socket.write(toSetupRequest(undefined))
    let received: Buffer = Buffer.alloc(0)
    for (;;) {
      const [chunk] = (await withDeadline(once(socket, 'data'), ANSWER_MS, 'the X server')) as [Buffer]
      received = Buffer.concat([received, chunk])
      const answer = parseSetup(received)
      if (answer === 'refused') throw new Error('the X server refused the connection')
      if (answer !== undefined) return new XClient(socket, answer.setup.root, received.readUInt32LE(12))
    }
  }

  /** An id for something new. */
  newId(): number {
    this.#ids += 1
    return this.#firstId + this.#ids
  }

  /** A request that has no answer. `data`: the byte after the opcode. */
  send(opcode: number, body: readonly number[], data = 0): void {
    const words = Buffer.from(Uint32Array.from(body).buffer)
    const head = Buffer.from([opcode, data, 0, 0])
    // Counted in words of four bytes, the head included.
    head.writeUInt16LE(1 + body.length, 2)
    this.#socket.write(Buffer.concat([head, words]))
  }

  /** A request that has one. */
  async ask(opcode: number, body: readonly number[], data = 0): Promise<Buffer> {
    const answer = new Promise<Buffer>((resolve) => {
      this.#waiting.push(resolve)
    })
    this.send(opcode, body, data)
    const reply = await withDeadline(answer, ANSWER_MS, 'the answer of the X server')
    if (reply[0] === 0) throw new Error(`the X server refused: error ${reply[1]}`)
    return reply
  }

  /** Requests are done in order: the answer to one that has an answer tells that those before are done. */
  async untilDone(): Promise<void> {
    await this.ask(GET_INPUT_FOCUS, [])
  }

  /** @returns the opcode of its requests and the code of its first event. @throws where there is none. */
  async findExtension(name: string): Promise<{ readonly opcode: number; readonly firstEvent: number }> {
    const padded = Buffer.alloc(Math.ceil(name.length / 4) * 4)
    padded.write(name, 'latin1')
    const words = Array.from({ length: padded.length / 4 }, (_, i) => padded.readUInt32LE(i * 4))
    const reply = await this.ask(QUERY_EXTENSION, [name.length, ...words])
    if (reply[8] === 0) throw new Error(`the X server has no extension ${name}`)
    return { opcode: reply.readUInt8(9), firstEvent: reply.readUInt8(10) }
  }

  /** @param listener is told every event, 32 bytes. */
  listen(listener: (event: Buffer) => void): void {
    this.#listeners.push(listener)
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      if (this.#received.length < MESSAGE_BYTES) return
      const [kind] = this.#received
      const bytes = MESSAGE_BYTES + (kind === 1 ? this.#received.readUInt32LE(4) * 4 : 0)
      if (this.#received.length < bytes) return
      const message = this.#received.subarray(0, bytes)
      this.#received = this.#received.subarray(bytes)
      // Errors too: whoever waits for an answer learns of them.
      if (kind === 0 || kind === 1) this.#waiting.shift()?.(message)
      else for (const listener of this.#listeners) listener(message)
    }
  }
}
