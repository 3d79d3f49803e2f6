const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const PLAIN = /^[\u0020-\u007e]*$/
/** Takes two cells: wide and full-width characters (Unicode UAX #11), by blocks. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u
/** As a picture by itself, a flag, or asked to be a picture by U+FE0F (Unicode UTS #51). */
const EMOJI = /^\p{Emoji_Presentation}|^\p{Regional_Indicator}{2}|^[\p{Emoji}].*\ufe0f/u
/** Marks that stand on nothing, and invisible format characters. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** How many cells of a terminal a text takes, as far as terminals agree. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment)
  return width
}

/** `text` filled up with spaces to `width` cells. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** `text` cut to at most `width` cells, the last of them `…`, never inside a character. */
export function truncateText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return `${takeCells(text, width - 1)}…`
}

/** `text` in lines of at most `width` cells, broken at spaces where that is possible. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (textWidth(line) > width) {
      const head = takeCells(line, width)
      if (head === '') break
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  lines.push(line)
  return lines
}

function takeCells(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    used += graphemeWidth(segment)
    if (used > width) break
    taken += segment
  }
  return taken
}

function graphemeWidth(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0
  return WIDE.test(grapheme) || EMOJI.test(grapheme) ? 2 : 1
}
