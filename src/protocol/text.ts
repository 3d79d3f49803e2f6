// What a terminal, a CSV reader or a bidirectional renderer would act on instead of show:
// C0 and C1 controls, DEL, line and paragraph separators, bidirectional controls (Unicode UAX #9),
// surrogates (examined singly below).
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/
// ECMA-48 §5.4 control sequences and §8.3 operating system commands, removed whole so that their
// parameters do not stay behind as text.
const ESCAPE_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[@-Z\\-_]/g
const WHITE_SPACE = /[\t\n\u000b\f\r\u0085\u2028\u2029]+/g
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const LONE_SURROGATE = /\p{Surrogate}/gu

/** What stands in for a character that was taken out. */
const REPLACEMENT = '\ufffd'

/**
 * Text from outside made safe to print, log and store: escape sequences go, line breaks and tabs
 * become one space, other controls and lone surrogates become U+FFFD.
 */
export function neutralizeText(text: string): string {
  if (!SUSPECT.test(text)) return text
  return text
    .replace(ESCAPE_SEQUENCE, '')
    .replace(WHITE_SPACE, ' ')
    .replace(CONTROL, REPLACEMENT)
    .replace(LONE_SURROGATE, REPLACEMENT)
}

/** `text` neutralised and cut to `maxLength` UTF-16 units, the last of them `…`, never inside a pair. */
export function boundText(text: string, maxLength: number): string {
  // Cut before neutralising as well: a hostile 100 MB name must not be scanned whole.
  const isHuge = text.length > maxLength * 4
  const safe = neutralizeText(isHuge ? text.slice(0, maxLength * 4) : text)
  if (safe.length <= maxLength && !isHuge) return safe
  const cut = safe.slice(0, maxLength - 1)
  const last = cut.charCodeAt(cut.length - 1)
  return `${last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut}…`
}
