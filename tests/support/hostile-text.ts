import fc from 'fast-check'

const NASTY = [
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\u001b\\',
  '\u001b',
  '\u009b',
  '\u009d',
  '\0',
  '\r\n',
  '\u2028',
  '\u202e',
  '\u2066',
  '\u200f',
  '\ud83d',
  '\udca1',
  '💡',
  '"',
  '\\',
  '__proto__',
]

/** Text in which everything that does harm somewhere is common, lone surrogates included. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 4 }), fc.string())
  return fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
}

/** Free of controls, line separators, bidirectional controls and lone surrogates, checked one by one. */
export function isHarmless(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f)
    const isSeparator = code === 0x2028 || code === 0x2029
    const isMark = code === 0x061c || code === 0x200e || code === 0x200f
    const isBidi = isMark || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
    const isLone = code >= 0xd800 && code <= 0xdfff
    if (isControl || isSeparator || isBidi || isLone) return false
  }
  return true
}
