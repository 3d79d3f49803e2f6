import type { FrameEncoder } from './frame-encoder.ts'

export const OPC_PORT = 7_890
/** The length field has 16 bits. */
export const OPC_MAX_LEDS = 21_845
const HEADER_BYTES = 4
const COMMAND_SET_PIXELS = 0

/** Open Pixel Control: one message per frame on a TCP stream (openpixelcontrol.org). */
export class OpcEncoder implements FrameEncoder {
  /** It has no sequence. */
  readonly nextSequence = 0
  readonly #colors: Uint8Array
  readonly #messages: readonly [Uint8Array]

  /**
   * @param rgb 3 bytes per LED, at most 21,845 LEDs; every `encode` reads it anew.
   * @param channel 0: all; 1-255: the strip of that number.
   */
  constructor(rgb: Uint8Array, channel: number) {
    this.#colors = rgb
    const message = new Uint8Array(HEADER_BYTES + rgb.length)
    message[0] = channel
    message[1] = COMMAND_SET_PIXELS
    new DataView(message.buffer).setUint16(2, rgb.length)
    this.#messages = [message]
  }

  encode(): readonly Uint8Array[] {
    this.#messages[0].set(this.#colors, HEADER_BYTES)
    return this.#messages
  }

  toGoodbye(): readonly Uint8Array[] {
    return []
  }
}
