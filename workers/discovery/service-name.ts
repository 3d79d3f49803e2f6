/** What WLED announces itself as (RFC 6763 §4.1). */
export const SERVICE_NAME = '_wled._tcp.local'
const INSTANCE_SUFFIX = `.${SERVICE_NAME}`
const MAX_LABEL_BYTES = 63
const MAX_NAME_BYTES = 255

/** RFC 6762 §16: names compare without regard to the case of ASCII letters, and of no others. */
export function toLowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

export function isServiceName(name: string): boolean {
  return toLowerAscii(name) === SERVICE_NAME
}

/**
 * The instance's own part of `WLED v1.2._wled._tcp.local`: all before the suffix, dots included;
 * undefined for any other name.
 */
export function toInstanceLabel(fullName: string): string | undefined {
  const end = fullName.length - INSTANCE_SUFFIX.length
  return end > 0 && toLowerAscii(fullName.slice(end)) === INSTANCE_SUFFIX ? fullName.slice(0, end) : undefined
}

/**
 * `name` as it goes on the wire. `dns-packet` joins labels with dots and does not escape those inside
 * one, so an instance name is one label as long as it fits (RFC 6763 §4.3); undefined when it cannot be said.
 */
export function toLabels(name: string): readonly Buffer[] | undefined {
  const instance = toInstanceLabel(name)
  const parts =
    instance !== undefined && Buffer.byteLength(instance) <= MAX_LABEL_BYTES
      ? [instance, ...SERVICE_NAME.split('.')]
      : name.split('.')
  const labels = parts.map((part) => Buffer.from(part))
  const bytes = labels.reduce((sum, label) => sum + label.length + 1, 1)
  const isSayable =
    bytes <= MAX_NAME_BYTES && labels.every(({ length }) => length > 0 && length <= MAX_LABEL_BYTES)
  return isSayable ? labels : undefined
}
