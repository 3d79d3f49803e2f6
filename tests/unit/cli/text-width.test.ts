import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { padText, textWidth, truncateText, wrapText } from '../../../src/cli/text-width.ts'

const width = suite('text width')

const text = fc
  .array(fc.constantFrom('a', ' ', 'é', 'e\u0301', '灯', 'ｶ', '💡', '👨‍👩‍👧', '🇩🇪', '❤️', '\u200b', 'Ω'))
  .map((parts) => parts.join(''))

width('counts cells as terminals do (Unicode UAX #11, UTS #51)', () => {
  const widths: readonly (readonly [string, number])[] = [
    ['', 0],
    ['plain', 5],
    ['Küche', 5],
    ['Ku\u0308che', 5],
    ['灯', 2],
    ['한국', 4],
    ['ＡＢ', 4],
    ['💡', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['5', 1],
    ['©', 1],
    ['a\u200bb', 2],
  ]
  for (const [given, cells] of widths) assert.is(textWidth(given), cells, JSON.stringify(given))
})

width('is what padding fills up to, and never cuts', () => {
  assert.is(padText('灯', 4), '灯  ')
  assert.is(padText('long', 2), 'long')
  fc.assert(
    fc.property(text, fc.nat(40), (given, cells) => {
      const padded = padText(given, cells)
      assert.is(textWidth(padded), Math.max(cells, textWidth(given)))
      assert.ok(padded.startsWith(given))
    }),
  )
})

width('is what a text is cut to, between characters', () => {
  assert.is(truncateText('Fernseher', 5), 'Fern…')
  assert.is(truncateText('灯灯灯', 4), '灯…')
  assert.is(truncateText('👨‍👩‍👧👨‍👩‍👧', 3), '👨‍👩‍👧…')
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (given, cells) => {
      const cut = truncateText(given, cells)
      assert.ok(textWidth(cut) <= cells)
      assert.ok(cut === given || (cut.endsWith('…') && given.startsWith(cut.slice(0, -1))))
    }),
  )
})

width('is what lines are wrapped to, with nothing lost', () => {
  assert.equal(wrapText('the light went out', 9), ['the light', 'went out'])
  assert.equal(wrapText('http://a.very/long/one x', 10), ['http://a.v', 'ery/long/o', 'ne x'])
  assert.equal(wrapText('', 5), [''])
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (given, cells) => {
      const lines = wrapText(given, cells)
      for (const line of lines) assert.ok(textWidth(line) <= cells, JSON.stringify(lines))
      assert.is(lines.join('').replaceAll(' ', ''), given.replaceAll(' ', ''))
    }),
  )
})

width.run()
