import { XClient } from './x-client.ts'

const GET_IMAGE = 73
const Z_PIXMAP = 2
const ALL_PLANES = 0xff_ff_ff_ff
const QUERY_VERSION = 0
const DAMAGE_CREATE = 1
const DAMAGE_SUBTRACT = 3
const NON_EMPTY = 3
const NONE = 0
const REPLY_BYTES = 32

/** A pixel of the screen took another colour. */
export interface ScreenChange {
  /** When the X server told, on the clock of `performance.now()`. */
  readonly atMs: number
  /** 0xRRGGBB */
  readonly rgb: number
}

/**
 * Sees what is on an X screen from outside: told by the server of whatever is painted (DAMAGE extension, version 1.1),
 * it looks at one pixel.
 */
export class XObserver {
  readonly #client: XClient

  private constructor(client: XClient) {
    this.#client = client
  }

  /** @param display as Xvfb names it: `:99`. */
  static async open(
    display: string,
    xPx: number,
    yPx: number,
    onChange: (change: ScreenChange) => void,
  ): Promise<XObserver> {
    const client = await XClient.open(display)
    const { opcode, firstEvent } = await client.findExtension('DAMAGE')
    await client.ask(opcode, [1, 1], QUERY_VERSION)
    const damage = client.newId()
    let shown: number | undefined
    const look = async (): Promise<void> => {
      const atMs = performance.now()
      // What is painted from here on is told anew.
      client.send(opcode, [damage, NONE, NONE], DAMAGE_SUBTRACT)
      const place = [client.root, xPx | (yPx << 16), 1 | (1 << 16)]
      const image = await client.ask(GET_IMAGE, [...place, ALL_PLANES], Z_PIXMAP)
      const rgb = image.readUInt32LE(REPLY_BYTES) & 0xff_ff_ff
      if (rgb === shown) return
      shown = rgb
      onChange({ atMs, rgb })
    }
    client.listen((event) => {
      if (((event[0] ?? 0) & 0x7f) === firstEvent) void look()
    })
    client.send(opcode, [damage, client.root, NON_EMPTY], DAMAGE_CREATE)
    await look()
    return new XObserver(client)
  }

  close(): void {
    this.#client.close()
  }
}
