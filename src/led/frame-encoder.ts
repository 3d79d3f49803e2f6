/**
 * Writes the frames of one device in the packets of its protocol. Packets, and the views of the
 * colours that go into them, are made once: `encode` allocates nothing.
 */
export interface FrameEncoder {
  /** What the next frame is numbered with. An encoder that takes over from this one goes on from it. */
  readonly nextSequence: number
  /** The colours as they are now, as packets in the order to send. Overwritten by the next call. */
  encode(): readonly Uint8Array[]
  /**
   * What tells the receiver that the stream is over, to be sent once after the last frame; empty where
   * the protocol has no word for it.
   */
  toGoodbye(): readonly Uint8Array[]
}

/** Bytes per LED: RGB or RGBW. */
export type ChannelsPerLed = 3 | 4

/** Views of `colors`, `maxBytes` each and the rest in the last; always at least one. */
export function toParts(colors: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(colors.length / maxBytes))
  return Array.from({ length: count }, (_, index) =>
    colors.subarray(index * maxBytes, (index + 1) * maxBytes),
  )
}

/** The most bytes of a part that end with an LED. */
export function wholeLedBytes(maxBytes: number, channelsPerLed: ChannelsPerLed): number {
  return maxBytes - (maxBytes % channelsPerLed)
}
