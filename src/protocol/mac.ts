/** A MAC as LedGrab writes it, 12 lower-case hex digits; undefined when `text` is none. */
export function parseMac(text: string): string | undefined {
  if (text.length > 17) return undefined
  const digits = text.replace(/[:-]/g, '').toLowerCase()
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined
}
