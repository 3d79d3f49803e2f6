import { createHash } from 'node:crypto'
import { ArtnetEncoder } from '../../../src/led/artnet-encoder.ts'
import { DdpEncoder } from '../../../src/led/ddp-encoder.ts'
import { E131Encoder } from '../../../src/led/e131-encoder.ts'
import type { ChannelsPerLed, FrameEncoder } from '../../../src/led/frame-encoder.ts'
import { OpcEncoder } from '../../../src/led/opc-encoder.ts'
import { RealtimeEncoder } from '../../../src/led/realtime-encoder.ts'
import { SerialEncoder } from '../../../src/led/serial-encoder.ts'
import { assertNever, type TargetPlan } from '../../../src/protocol/worker-messages.ts'

const CID_BYTES = 16

/** RGBW where the colours have four bytes per LED. */
export function toChannelsPerLed(ledCount: number, colors: Uint8Array): ChannelsPerLed {
  return colors.length === ledCount * 4 ? 4 : 3
}

/**
 * The encoder of a device's protocol.
 *
 * @param colors in the order the strip takes them; each `encode` reads it anew.
 * @param firstSequence goes on from another encoder of the device; undefined: a new stream.
 */
export function createEncoder(
  { id, name, led_count, output }: TargetPlan['device'],
  colors: Uint8Array,
  firstSequence: number | undefined,
): FrameEncoder {
  const channelsPerLed = toChannelsPerLed(led_count, colors)
  switch (output.kind) {
    case 'ddp':
      return new DdpEncoder(colors, firstSequence, channelsPerLed)
    case 'realtime':
      return new RealtimeEncoder(colors, { format: output.format, channelsPerLed })
    case 'e131':
      return new E131Encoder(
        colors,
        {
          universe: output.universe,
          channelsPerUniverse: output.channels_per_universe,
          priority: output.priority,
          cid: toCid(id),
          sourceName: `LedGrab ${name}`,
          channelsPerLed,
        },
        firstSequence,
      )
    case 'artnet':
      return new ArtnetEncoder(
        colors,
        {
          universe: output.universe,
          channelsPerUniverse: output.channels_per_universe,
          sync: output.sync,
          channelsPerLed,
        },
        firstSequence,
      )
    case 'opc':
      return new OpcEncoder(colors, output.channel)
    case 'serial':
      return new SerialEncoder(colors, output.framing)
    default:
      return assertNever(output)
  }
}

/**
 * The UUID a device's stream is known by, the same for ever: of version 8 (RFC 9562 §5.8), derived from
 * the device's id, so that two devices on one universe are two senders.
 */
function toCid(deviceId: string): Uint8Array {
  const cid = createHash('sha256').update(`ledgrab e131 ${deviceId}`).digest().subarray(0, CID_BYTES)
  cid[6] = ((cid[6] ?? 0) & 0x0f) | 0x80
  cid[8] = ((cid[8] ?? 0) & 0x3f) | 0x80
  return cid
}
