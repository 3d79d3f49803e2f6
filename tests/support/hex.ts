/** Bytes as hex digits, to compare with a vector in print. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The two pixels of the golden vectors: FF0001, 008002. */
export const TWO_PIXELS: Uint8Array = Uint8Array.from([0xff, 0x00, 0x01, 0x00, 0x80, 0x02])
