import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseWledNodes } from '../../../workers/probe/wled-nodes.ts'

const wledNodes = suite('/json/nodes of a WLED')

wledNodes('are read as the addresses in them, each once', () => {
  const nodes = [
    { name: 'Desk', type: 32, ip: '10.0.0.1', age: 1, vid: 2_412_030 },
    { name: 'TV', type: 32, ip: '10.0.0.2' },
    { name: 'TV again', ip: '10.0.0.2' },
    { name: 'strange', ip: '10.0.0.300' },
    { ip: 7 },
    null,
  ]
  assert.equal(parseWledNodes({ nodes }), ['10.0.0.1', '10.0.0.2'])
})

wledNodes('are at most 150, however long the list', () => {
  const nodes = Array.from({ length: 1_000 }, (_, index) => ({ ip: `10.0.${index >> 8}.${index & 255}` }))
  assert.is(parseWledNodes({ nodes }).length, 150)
})

wledNodes('of anything else are refused, and never throw otherwise', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        assert.ok(Array.isArray(parseWledNodes(value)))
      } catch (cause) {
        assert.instance(cause, TypeError)
      }
    }),
  )
  assert.equal(parseWledNodes({ nodes: [] }), [])
})

wledNodes.run()
