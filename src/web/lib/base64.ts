/** The bytes of base64 text; none where it is not base64. */
export function toBytes(base64: string): Uint8Array {
  try {
    const text = atob(base64)
    return Uint8Array.from(text, (character) => character.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
