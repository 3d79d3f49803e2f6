import { createSocket, type Socket } from 'node:dgram'
import { VERSION_ID } from './json-views.ts'

/** WLED's port for news between nodes. */
export const NODE_BEACON_PORT = 65_506
const INTERVAL_MS = 30_000
const BEACON_BYTES = 44
const NAME_BYTES = 32
const ADDRESS = [127, 0, 0, 1]
/** WLED's "undefined": none of its boards. */
const BOARD_TYPE = 0
const FLAG_ON = 0x80

/** WLED's node beacon (`wled: udp.cpp`, `sendSysInfoUDP`). A longer name is cut after a whole character. */
export function toNodeBeacon(name: string, isOn: boolean): Buffer {
  const beacon = Buffer.alloc(BEACON_BYTES)
  beacon.set([255, 1, ...ADDRESS])
  // `write` never leaves half a character.
  beacon.write(name, 6, NAME_BYTES)
  beacon[38] = isOn ? BOARD_TYPE | FLAG_ON : BOARD_TYPE
  beacon[39] = ADDRESS[3] ?? 0
  beacon.writeUInt32LE(VERSION_ID, 40)
  return beacon
}

/** Says every 30 s that the controller is there. To 127.0.0.1 only, where a WLED would broadcast. */
export class NodeBeacon {
  readonly #toBeacon: () => Buffer
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(toBeacon: () => Buffer) {
    this.#toBeacon = toBeacon
  }

  start(): void {
    this.#socket ??= openSocket()
    this.#timer ??= setInterval(() => this.send(), INTERVAL_MS)
    this.send()
  }

  /** At once, when something changed. Does nothing while stopped. */
  send(): void {
    // Nobody listening is no error.
    this.#socket?.send(this.#toBeacon(), NODE_BEACON_PORT, '127.0.0.1', () => {})
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#socket?.close()
    this.#socket = undefined
  }
}

function openSocket(): Socket {
  const socket = createSocket('udp4')
  socket.on('error', () => {})
  socket.bind(0, '127.0.0.1')
  return socket
}
