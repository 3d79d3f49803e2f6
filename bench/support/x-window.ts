import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { withDeadline } from '../../src/lib/deadline.ts'

/** Bytes before the vendor's name in the answer to a connection (X11 protocol, §8 Connection Setup). */
const SETUP_BYTES = 40
const CREATE_WINDOW = 1
const CHANGE_ATTRIBUTES = 2
const MAP_WINDOW = 8
const GET_INPUT_FOCUS = 43
const CLEAR_AREA = 61
const BACKGROUND_PIXEL = 0x2
const OVERRIDE_REDIRECT = 0x200
const REPLY_BYTES = 32
const ANSWER_MS = 5_000

/**
 * A window over a whole X screen that changes its colour when told: a real X client, of few bytes, so that the
 * change itself takes next to nothing. For a server on this machine that asks for no authority.
 */
export class XWindow {
  readonly #socket: Socket
  readonly #id: number

  private constructor(socket: Socket, id: number) {
    this.#socket = socket
    this.#id = id
  }

  /** @param display as Xvfb names it: `:99`. */
  static async open(display: string, widthPx: number, heightPx: number): Promise<XWindow> {
    const socket = createConnection(`/tmp/.X11-unix/X${display.slice(1)}`)
    await withDeadline(once(socket, 'connect'), ANSWER_MS, 'the X server')
    // Little-endian, protocol 11.0, no authority.
    socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    const setup = await readSetup(socket)
    const vendorBytes = setup.readUInt16LE(24)
    const formatBytes = setup.readUInt8(29) * 8
    const root = setup.readUInt32LE(SETUP_BYTES + Math.ceil(vendorBytes / 4) * 4 + formatBytes)
    const id = setup.readUInt32LE(12)
    const size = words(widthPx | (heightPx << 16))
    const isInputOutput = words(1 << 16)
    const attributes = words(0, BACKGROUND_PIXEL | OVERRIDE_REDIRECT, 0, 1)
    const place = words(0)
    socket.write(request(CREATE_WINDOW, words(id, root), place, size, isInputOutput, attributes))
    socket.write(request(MAP_WINDOW, words(id)))
    const window = new XWindow(socket, id)
    await window.#untilDone()
    return window
  }

  /** Resolves when the X server has painted it. @param rgb 0xRRGGBB, on a screen of 24 bits. */
  async fill(rgb: number): Promise<void> {
    this.#socket.write(request(CHANGE_ATTRIBUTES, words(this.#id, BACKGROUND_PIXEL, rgb)))
    this.#socket.write(request(CLEAR_AREA, words(this.#id, 0, 0)))
    await this.#untilDone()
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Requests are done in order: the answer to one that has an answer tells that those before are done. */
  async #untilDone(): Promise<void> {
    const answer = readBytes(this.#socket, REPLY_BYTES)
    this.#socket.write(request(GET_INPUT_FOCUS))
    const reply = await withDeadline(answer, ANSWER_MS, 'the answer of the X server')
    if (reply[0] === 0) throw new Error(`the X server refused: error ${reply[1]}`)
  }
}

async function readSetup(socket: Socket): Promise<Buffer> {
  const head = await withDeadline(readBytes(socket, 8), ANSWER_MS, 'the answer of the X server')
  if (head[0] !== 1) throw new Error('the X server refused the connection')
  const rest = await readBytes(socket, head.readUInt16LE(6) * 4)
  return Buffer.concat([head, rest])
}

async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: unknown = socket.read(count)
    if (Buffer.isBuffer(bytes)) return bytes
    await once(socket, 'readable')
  }
}

/** A request's length is counted in words of four bytes, the head included. */
function request(opcode: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.from([opcode, 0, 0, 0])
  head.writeUInt16LE(1 + body.length / 4, 2)
  return Buffer.concat([head, body])
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer)
}
