import type { FrameEncoder } from './frame-encoder.ts'

/** `awa` is Adalight's frame with a check sum, for fast ports. */
export const SERIAL_FRAMINGS = ['adalight', 'awa'] as const
export type SerialFraming = (typeof SERIAL_FRAMINGS)[number]

/** The count has 16 bits and is one less than the LEDs. */
export const SERIAL_MAX_LEDS = 65_536
const HEADER_BYTES = 6
const CHECKSUM_BYTES = 3
const MAGIC: Readonly<Record<SerialFraming, string>> = { adalight: 'Ada', awa: 'Awa' }

/**
 * Frames of a serial strip: Adalight (`adafruit/Adalight`) or AWA (`HyperHDR: DriverSerialAdalight`).
 * Both count one LED less than there are.
 */
export class SerialEncoder implements FrameEncoder {
  /** It has no sequence. */
  readonly nextSequence = 0
  readonly #rgb: Uint8Array
  readonly #frames: readonly [Uint8Array]
  readonly #hasChecksum: boolean

  /** @param rgb 3 bytes per LED, 1-65,536 LEDs; every `encode` reads it anew. */
  constructor(rgb: Uint8Array, framing: SerialFraming) {
    this.#rgb = rgb
    this.#hasChecksum = framing === 'awa'
    const frame = new Uint8Array(HEADER_BYTES + rgb.length + (this.#hasChecksum ? CHECKSUM_BYTES : 0))
    frame.set(new TextEncoder().encode(MAGIC[framing]))
    const count = rgb.length / 3 - 1
    const high = count >> 8
    const low = count & 255
    frame[3] = high
    frame[4] = low
    frame[5] = high ^ low ^ 0x55
    this.#frames = [frame]
  }

  encode(): readonly Uint8Array[] {
    const [frame] = this.#frames
    frame.set(this.#rgb, HEADER_BYTES)
    if (this.#hasChecksum) writeAwaChecksum(this.#rgb, frame, HEADER_BYTES + this.#rgb.length)
    return this.#frames
  }

  toGoodbye(): readonly Uint8Array[] {
    return []
  }
}

/** Fletcher's sums modulo 255, and a third one that depends on the place of each byte. */
function writeAwaChecksum(data: Uint8Array, frame: Uint8Array, at: number): void {
  let first = 0
  let second = 0
  let extended = 0
  for (let i = 0; i < data.length; i += 1) {
    const byte = data[i] ?? 0
    extended = (extended + (byte ^ (i & 255))) % 255
    first = (first + byte) % 255
    second = (second + first) % 255
  }
  frame[at] = first
  frame[at + 1] = second
  // A receiver that looks for the next frame must not take it for the "A" of its beginning.
  frame[at + 2] = extended === 0x41 ? 0xaa : extended
}
