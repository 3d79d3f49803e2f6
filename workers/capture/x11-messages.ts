/** The little of the X protocol that tells how large a screen is (X Window System Protocol, X Version 11, §8 and §11). */

export interface ScreenSize {
  readonly width: number
  readonly height: number
}

export interface X11Setup {
  /** The root window of the first screen. */
  readonly root: number
  readonly size: ScreenSize
}

const COOKIE = 'MIT-MAGIC-COOKIE-1'
const EVENT_BYTES = 32
const CHANGE_WINDOW_ATTRIBUTES = 2
const CW_EVENT_MASK = 0x800
const STRUCTURE_NOTIFY = 0x2_0000
const CONFIGURE_NOTIFY = 22
/** The fixed part of the answer to a connection that was accepted. */
const SETUP_BYTES = 40

/** Opens a connection, little endian. Without a cookie, to a server that asks for none. */
export function toSetupRequest(cookie: Uint8Array | undefined): Buffer {
  const name = Buffer.from(cookie === undefined ? '' : COOKIE)
  const data = cookie ?? new Uint8Array(0)
  const request = Buffer.alloc(12 + toPadded(name.length) + toPadded(data.length))
  request.write('l', 0, 'latin1')
  request.writeUInt16LE(11, 2)
  request.writeUInt16LE(name.length, 6)
  request.writeUInt16LE(data.length, 8)
  name.copy(request, 12)
  request.set(data, 12 + toPadded(name.length))
  return request
}

/** Undefined while more of the answer is to come; `refused` when there is none for us. */
export function parseSetup(
  answer: Buffer,
): { readonly setup: X11Setup; readonly bytes: number } | 'refused' | undefined {
  if (answer.length < 8) return undefined
  if (answer[0] !== 1) return 'refused'
  const bytes = 8 + answer.readUInt16LE(6) * 4
  if (answer.length < bytes) return undefined
  const screen =
    bytes < SETUP_BYTES ? bytes : SETUP_BYTES + toPadded(answer.readUInt16LE(24)) + 8 * (answer[29] ?? 0)
  if (screen + 24 > bytes) return 'refused'
  const size = { width: answer.readUInt16LE(screen + 20), height: answer.readUInt16LE(screen + 22) }
  return { setup: { root: answer.readUInt32LE(screen), size }, bytes }
}

/** Asks to be told when the window changes its size. */
export function toWatchRequest(window: number): Buffer {
  const request = Buffer.alloc(16)
  request.writeUInt8(CHANGE_WINDOW_ATTRIBUTES, 0)
  request.writeUInt16LE(4, 2)
  request.writeUInt32LE(window, 4)
  request.writeUInt32LE(CW_EVENT_MASK, 8)
  request.writeUInt32LE(STRUCTURE_NOTIFY, 12)
  return request
}

/** The size of `window` as the last whole event tells it, and how many bytes were read. */
export function parseEvents(
  events: Buffer,
  window: number,
): { readonly size: ScreenSize | undefined; readonly bytes: number } {
  let size: ScreenSize | undefined
  let at = 0
  for (; at + EVENT_BYTES <= events.length; at += EVENT_BYTES) {
    // The highest bit only says that another client sent it.
    const isConfigure = ((events[at] ?? 0) & 0x7f) === CONFIGURE_NOTIFY
    if (!isConfigure || events.readUInt32LE(at + 8) !== window) continue
    size = { width: events.readUInt16LE(at + 20), height: events.readUInt16LE(at + 22) }
  }
  return { size, bytes: at }
}

/** The cookie for a display number in an authority file (Xau(3)); undefined: none, or not such a file. */
export function findCookie(file: Buffer, displayNumber: string): Uint8Array | undefined {
  let at = 2
  const next = (): Buffer => {
    const length = at + 2 <= file.length ? file.readUInt16BE(at) : 0
    at += 2 + length
    return file.subarray(at - length, at)
  }
  while (at < file.length) {
    next() // address
    const number = next().toString('latin1')
    const name = next().toString('latin1')
    const data = next()
    if (name === COOKIE && (number === '' || number === displayNumber) && data.length === 16) return data
    at += 2 // family of the next
  }
  return undefined
}

function toPadded(length: number): number {
  return Math.ceil(length / 4) * 4
}
