import { XClient } from './x-client.ts'

const CREATE_WINDOW = 1
const CHANGE_ATTRIBUTES = 2
const MAP_WINDOW = 8
const CLEAR_AREA = 61
const BACKGROUND_PIXEL = 0x2
const OVERRIDE_REDIRECT = 0x200
const INPUT_OUTPUT = 1

/** A window over a whole X screen that changes its colour when told. */
export class XWindow {
  readonly #client: XClient
  readonly #id: number

  private constructor(client: XClient, id: number) {
    this.#client = client
    this.#id = id
  }

  /** @param display as Xvfb names it: `:99`. */
  static async open(display: string, widthPx: number, heightPx: number): Promise<XWindow> {
    const client = await XClient.open(display)
    const id = client.newId()
    const size = widthPx | (heightPx << 16)
    const attributes = [BACKGROUND_PIXEL | OVERRIDE_REDIRECT, 0, 1]
    client.send(CREATE_WINDOW, [id, client.root, 0, size, INPUT_OUTPUT << 16, 0, ...attributes])
    client.send(MAP_WINDOW, [id])
    await client.untilDone()
    return new XWindow(client, id)
  }

  /** Resolves when the X server has painted it: from then on it is on the screen. @param rgb 0xRRGGBB, on a screen of 24 bits. */
  async fill(rgb: number): Promise<void> {
    this.#client.send(CHANGE_ATTRIBUTES, [this.#id, BACKGROUND_PIXEL, rgb])
    this.#client.send(CLEAR_AREA, [this.#id, 0, 0])
    await this.#client.untilDone()
  }

  close(): void {
    this.#client.close()
  }
}
