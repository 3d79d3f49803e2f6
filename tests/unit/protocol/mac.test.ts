import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseMac } from '../../../src/protocol/mac.ts'

const mac = suite('MAC addresses')

mac('come out as 12 lower-case digits, however they are written', () => {
  for (const text of ['aabbccddeeff', 'AABBCCDDEEFF', 'aa:bb:cc:dd:ee:ff', 'AA-BB-CC-DD-EE-FF'])
    assert.is(parseMac(text), 'aabbccddeeff')
})

mac('are nothing else', () => {
  for (const text of [
    '',
    'aabbccddeef',
    'aabbccddeeff0',
    'gabbccddeeff',
    'aa bb cc dd ee ff',
    ':'.repeat(1e6),
  ])
    assert.is(parseMac(text), undefined)
})

mac.run()
