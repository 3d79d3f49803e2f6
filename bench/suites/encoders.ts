import { Bench } from 'tinybench'
import { DdpEncoder } from '../../src/led/ddp-encoder.ts'
import { round3, type SuiteOptions, type SuiteResult } from '../result.ts'

const LEDS = 1_000
const MAX_DATA_BYTES = 1_440

/** Encoding one frame of 1,000 LEDs, beside the plain way that makes its packets anew. */
export async function measureEncoders({ isShort, say }: SuiteOptions): Promise<SuiteResult> {
  say('encoders')
  const rgb = new Uint8Array(LEDS * 3).map((_, index) => index % 256)
  const encoder = new DdpEncoder(rgb)
  const bench = new Bench({ time: isShort ? 100 : 1_000, warmupTime: 100 })
  bench.add('ours', () => {
    encoder.encode()
  })
  bench.add('peer', () => {
    encodePlainly(rgb)
  })
  await bench.run()
  const [ours, peer] = bench.tasks.map(({ result }) =>
    'latency' in result ? result.latency.mean * 1_000 : Number.NaN,
  )
  if (ours === undefined || peer === undefined) throw new Error('the benchmark has no result')
  return {
    rows: [
      {
        id: 'encode-ddp',
        what: 'a DDP frame of 1,000 LEDs',
        value: round3(ours),
        unit: 'µs',
        target: { is: '<=', value: 1 },
        peer: { name: 'new packets for every frame', value: round3(peer) },
        ratio: round3(peer / ours),
      },
    ],
  }
}

function encodePlainly(rgb: Uint8Array): Buffer[] {
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
