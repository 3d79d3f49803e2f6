import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTNET_PORT, toArtPoll } from '../../../src/led/artnet.ts'
import { ArtnetEncoder } from '../../../src/led/artnet-encoder.ts'
import { E131_PORT, E131Encoder } from '../../../src/led/e131-encoder.ts'
import { dissect } from '../../support/dissect.ts'
import { testWith } from '../../support/needs.ts'

const tshark = suite('packets as tshark reads them')

const ACN = ['--enable-heuristic', 'acn', '-o', 'acn.dmx_enable:TRUE']
const CLEAN = ['_ws.malformed', '_ws.expert.message']

testWith(
  tshark,
  ['tshark'],
  'are E1.31 with universe, priority, sequence and the end of the stream',
  async () => {
    // Two LEDs in the second universe: tshark 4.0 calls fewer than 4 slots malformed, whoever sent them.
    const encoder = new E131Encoder(new Uint8Array(172 * 3), {
      universe: 255,
      channelsPerUniverse: 510,
      priority: 120,
      cid: Uint8Array.from({ length: 16 }, (_, index) => index + 1),
      sourceName: 'LedGrab Stage',
    })
    const packets = [...encoder.encode().map((packet) => packet.slice()), ...encoder.toGoodbye().slice(0, 1)]
    const fields = ['universe', 'priority', 'seq_number', 'option_s', 'start_code2', 'count', 'source_name']
    const read = dissect(
      packets,
      E131_PORT,
      ['acn.cid', ...fields.map((name) => `acn.dmx.${name}`), ...CLEAN],
      ACN,
    )
    const cid = '01020304-0506-0708-090a-0b0c0d0e0f10'
    const toRow = (universe: string, sequence: string, end: string, count: string): string[] => [
      cid,
      universe,
      '120',
      sequence,
      end,
      '0',
      count,
      'LedGrab Stage',
      '',
      '',
    ]
    assert.equal(read, [
      toRow('255', '0', '0', '511'),
      toRow('256', '0', '0', '7'),
      toRow('255', '1', '1', '511'),
    ])
  },
)

testWith(
  tshark,
  ['tshark'],
  'are ArtDmx with Port-Address, sequence and length, ArtSync and ArtPoll',
  async () => {
    const options = { universe: 0x0123, channelsPerUniverse: 512, sync: true }
    const frame = new ArtnetEncoder(new Uint8Array(171 * 3), options, 7).encode()
    const fields = ['header.opcode', 'header.protver', 'output.universe', 'output.sequence', 'output.length']
    const read = dissect([...frame, toArtPoll()], ARTNET_PORT, [
      ...fields.map((name) => `artnet.${name}`),
      ...CLEAN,
    ])
    assert.equal(read, [
      ['0x5000', '14', '291', '7', '510', '', ''],
      ['0x5000', '14', '292', '7', '4', '', ''],
      ['0x5200', '14', '', '', '', '', ''],
      ['0x2000', '14', '', '', '', '', ''],
    ])
  },
)

tshark.run()
