import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { boundText, neutralizeText } from '../../../src/protocol/text.ts'
import { hostileText, isHarmless } from '../../support/hostile-text.ts'

const text = suite('text from outside')

text('leaves ordinary text of any language as it is', () => {
  for (const plain of [
    '',
    'WLED Desk',
    'Größe – Ünïcödé',
    '日本語',
    'עברית',
    '👩‍👩‍👧 🏳️‍🌈',
    'it\'s 100 % <b>"bold"</b>\\',
  ])
    assert.is(neutralizeText(plain), plain)
})

const CASES: readonly (readonly [name: string, input: string, expected: string])[] = [
  ['a colour sequence goes whole', '\u001b[31mred\u001b[0m', 'red'],
  ['an 8-bit control sequence goes whole', '\u009b2Jgone', 'gone'],
  ['a window title ended by BEL goes whole', '\u001b]0;owned\u0007kept', 'kept'],
  ['a window title ended by ST goes whole', '\u001b]0;owned\u001b\\kept', 'kept'],
  ['a hyperlink keeps its text', '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['an escape nested in an escape does not come to life', '\u001b\u001b[31m[31mred', '\ufffd[31mred'],
  ['a lone escape is shown as replaced', 'a\u001b', 'a\ufffd'],
  ['an unfinished title loses its escape only', '\u001b]0;owned', '0;owned'],
  ['line breaks of every kind become one space', 'a\r\n\u2028\u2029\u0085\u000b\f\tb', 'a b'],
  [
    'NUL, BEL, DEL and C1 are replaced',
    'a\0b\u0007c\u007fd\u0080e\u009ff',
    'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf',
  ],
  [
    'bidirectional overrides and isolates are replaced',
    'a\u202egpj.exe\u2066\u2069\u200f\u061c',
    'a\ufffdgpj.exe\ufffd\ufffd\ufffd\ufffd',
  ],
  ['lone surrogates are replaced, pairs stay', '\ud83d\udca1 \ud83d \udca1', '💡 \ufffd \ufffd'],
]
for (const [name, input, expected] of CASES) {
  text(name, () => assert.is(neutralizeText(input), expected))
}

text('never leaves anything a terminal or a bidirectional renderer would act on', () => {
  fc.assert(fc.property(hostileText(), (input) => isHarmless(neutralizeText(input))))
})

text('changes nothing the second time', () => {
  fc.assert(
    fc.property(hostileText(), (input) => {
      const once = neutralizeText(input)
      return neutralizeText(once) === once
    }),
  )
})

text('is cut to its length, harmless, with a mark where something is missing', () => {
  fc.assert(
    fc.property(hostileText(), fc.integer({ min: 1, max: 40 }), (input, maxLength) => {
      const bounded = boundText(input, maxLength)
      const whole = neutralizeText(input)
      assert.ok(bounded.length <= maxLength)
      assert.ok(isHarmless(bounded))
      if (input.length <= maxLength * 4) assert.is(bounded === whole, whole.length <= maxLength)
      if (bounded !== whole) assert.ok(bounded.endsWith('…'))
    }),
  )
})

text('is never cut inside a surrogate pair', () => {
  assert.is(boundText('💡💡💡', 4), '💡…')
  assert.is(boundText('💡💡💡', 5), '💡💡…')
  assert.is(boundText('💡💡', 4), '💡💡')
})

text('says that something is missing also when escapes made it short', () => {
  assert.is(boundText(`${'\u001b[0m'.repeat(100)}the end`, 10), '…')
})

text('of 100 MB costs no more than its first part', () => {
  const huge = '\u001b[31m'.repeat(20_000_000)
  const startedMs = performance.now()
  boundText(huge, 200)
  assert.ok(performance.now() - startedMs < 1_000)
})

text.run()
