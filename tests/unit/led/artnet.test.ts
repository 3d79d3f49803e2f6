import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseArtPollReply, toArtPoll, toArtSync } from '../../../src/led/artnet.ts'
import { toArtPollReply } from '../../support/art-poll-reply.ts'
import { hex } from '../../support/hex.ts'

const artnet = suite('Art-Net messages')

artnet('have the golden bytes', () => {
  assert.is(hex(toArtPoll()), '4172742d4e6574000020000e0200')
  assert.is(hex(toArtSync()), '4172742d4e6574000052000e0000')
})

artnet('tell who a node is and which universes it puts out', () => {
  const reply = toArtPollReply({
    shortName: 'Stage',
    longName: 'Stage left',
    mac: '0a0b0c0d0e0f',
    net: 1,
    subNet: 2,
    outputs: [4, 3],
  })
  assert.equal(parseArtPollReply(reply), {
    shortName: 'Stage',
    longName: 'Stage left',
    mac: '0a0b0c0d0e0f',
    universes: [0x123, 0x124],
  })
})

artnet('give no MAC where a node says none', () => {
  assert.is(parseArtPollReply(toArtPollReply({ mac: '000000000000' }))?.mac, null)
  assert.is(parseArtPollReply(toArtPollReply({ mac: 'ffffffffffff' }))?.mac, null)
})

artnet('take an answer of the old length, without what follows the MAC', () => {
  assert.is(parseArtPollReply(toArtPollReply({ shortName: 'Old' }).subarray(0, 207))?.shortName, 'Old')
})

artnet('are told from other packets and from garbage', () => {
  assert.is(parseArtPollReply(toArtPoll()), undefined)
  assert.is(parseArtPollReply(toArtPollReply({}).subarray(0, 206)), undefined)
  const wrongOperation = toArtPollReply({})
  wrongOperation[9] = 0x50
  assert.is(parseArtPollReply(wrongOperation), undefined)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => parseArtPollReply(bytes) === undefined))
})

artnet('never make a hostile answer throw, however its fields are filled', () => {
  const start = toArtPollReply({}).subarray(0, 10)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 197, maxLength: 2_000 }), (rest) => {
      const reply = parseArtPollReply(Buffer.concat([start, rest]))
      assert.ok(reply !== undefined && reply.universes.length <= 4)
    }),
  )
})

artnet.run()
