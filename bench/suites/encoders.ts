import sacn from 'sacn'
import { Bench } from 'tinybench'
import { ArtnetEncoder } from '../../src/led/artnet-encoder.ts'
import { DdpEncoder } from '../../src/led/ddp-encoder.ts'
import { E131Encoder } from '../../src/led/e131-encoder.ts'
import type { FrameEncoder } from '../../src/led/frame-encoder.ts'
import { SerialEncoder } from '../../src/led/serial-encoder.ts'
import { type BenchRow, round3, type SuiteOptions, type SuiteResult } from '../result.ts'

const LEDS = 1_000
const MAX_DATA_BYTES = 1_440
const CHANNELS_PER_UNIVERSE = 510
const CID = Uint8Array.from({ length: 16 }, (_, index) => index)

interface Contest {
  readonly id: string
  readonly what: string
  readonly encoder: FrameEncoder
  readonly maxUs: number
  readonly peer: { readonly name: string; readonly run: () => void }
}

/** Encoding one frame of 1,000 LEDs in each protocol, beside who makes its packets anew for every frame. */
export async function measureEncoders({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  const rows: BenchRow[] = []
  for (const contest of toContests(new Uint8Array(LEDS * 3).map((_, index) => index % 256))) {
    say(contest.what)
    rows.push(await measure(contest, isShort ? 100 : 1_000))
  }
  return { rows }
}

function toContests(rgb: Uint8Array): readonly Contest[] {
  const universes = { universe: 1, channelsPerUniverse: CHANNELS_PER_UNIVERSE }
  const e131 = { ...universes, priority: 100, cid: CID, sourceName: 'LedGrab' }
  return [
    {
      id: 'encode-ddp',
      what: 'a DDP frame of 1,000 LEDs',
      encoder: new DdpEncoder(rgb),
      maxUs: 1,
      peer: { name: 'new packets for every frame', run: () => encodeDdpPlainly(rgb) },
    },
    {
      id: 'encode-e131',
      what: 'an E1.31 frame of 1,000 LEDs',
      encoder: new E131Encoder(rgb, e131),
      maxUs: 2,
      peer: { name: 'the npm package sacn', run: () => encodeWithSacn(rgb) },
    },
    {
      id: 'encode-artnet',
      what: 'an Art-Net frame of 1,000 LEDs',
      encoder: new ArtnetEncoder(rgb, { ...universes, sync: false }),
      maxUs: 2,
      peer: { name: 'new packets for every frame', run: () => encodeArtnetPlainly(rgb) },
    },
    {
      id: 'encode-awa',
      what: 'an AWA frame of 1,000 LEDs',
      encoder: new SerialEncoder(rgb, 'awa'),
      maxUs: 20,
      peer: { name: 'a new frame each time', run: () => encodeAwaPlainly(rgb) },
    },
  ]
}

async function measure({ id, what, encoder, maxUs, peer }: Contest, timeMs: number): Promise<BenchRow> {
  const bench = new Bench({ time: timeMs, warmupTime: 100 })
  bench.add('ours', () => {
    encoder.encode()
  })
  bench.add('peer', peer.run)
  await bench.run()
  const [ours, theirs] = bench.tasks.map(({ result }) =>
    'latency' in result ? result.latency.mean * 1_000 : Number.NaN,
  )
  if (ours === undefined || theirs === undefined) throw new Error('the benchmark has no result')
  return {
    id,
    what,
    value: round3(ours),
    unit: 'µs',
    target: { is: '<=', value: maxUs },
    peer: { name: peer.name, value: round3(theirs) },
    ratio: round3(theirs / ours),
  }
}

function encodeDdpPlainly(rgb: Uint8Array): Buffer[] {
  const packets: Buffer[] = []
  for (let offset = 0; offset < rgb.length; offset += MAX_DATA_BYTES) {
    const data = rgb.subarray(offset, offset + MAX_DATA_BYTES)
    const header = Buffer.alloc(10)
    header[0] = offset + MAX_DATA_BYTES >= rgb.length ? 0x41 : 0x40
    header[1] = (packets.length % 15) + 1
    header[2] = 0x0b
    header[3] = 1
    header.writeUInt32BE(offset, 4)
    header.writeUInt16BE(data.length, 8)
    packets.push(Buffer.concat([header, data]))
  }
  return packets
}

/** What its `Sender` does with each universe, but for the socket; as its page says: a channel and its value each. */
function encodeWithSacn(rgb: Uint8Array): Buffer[] {
  const packets: Buffer[] = []
  for (let offset = 0; offset < rgb.length; offset += CHANNELS_PER_UNIVERSE) {
    const payload: Record<number, number> = {}
    const end = Math.min(rgb.length, offset + CHANNELS_PER_UNIVERSE)
    for (let at = offset; at < end; at += 1) payload[at - offset + 1] = rgb[at] ?? 0
    const options = { sequence: 1, priority: 100, sourceName: 'LedGrab', useRawDmxValues: true }
    packets.push(new sacn.Packet({ ...options, universe: packets.length + 1, payload }).buffer)
  }
  return packets
}

function encodeArtnetPlainly(rgb: Uint8Array): Buffer[] {
  const packets: Buffer[] = []
  for (let offset = 0; offset < rgb.length; offset += CHANNELS_PER_UNIVERSE) {
    const data = rgb.subarray(offset, offset + CHANNELS_PER_UNIVERSE)
    const header = Buffer.alloc(18)
    header.write('Art-Net\0', 'latin1')
    header.writeUInt16LE(0x5000, 8)
    header.writeUInt16BE(14, 10)
    header[12] = 1
    header.writeUInt16LE(packets.length + 1, 14)
    header.writeUInt16BE(data.length, 16)
    packets.push(Buffer.concat([header, data]))
  }
  return packets
}

/** The check sums as HyperHDR computes them: two Fletcher sums and one over the positions. */
function encodeAwaPlainly(rgb: Uint8Array): Buffer {
  const count = rgb.length / 3 - 1
  const head = [0x41, 0x77, 0x61, count >> 8, count & 255, (count >> 8) ^ (count & 255) ^ 0x55]
  let first = 0
  let second = 0
  let third = 0
  rgb.forEach((value, index) => {
    first = (first + value) % 255
    second = (second + first) % 255
    third = (third + (value ^ (index & 255))) % 255
  })
  return Buffer.concat([Buffer.from(head), rgb, Buffer.from([first, second, third === 0x41 ? 0xaa : third])])
}
