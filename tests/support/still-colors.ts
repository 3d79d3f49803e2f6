/** Colours of which no two neighbours are alike, 3 bytes per LED; none is black. */
export function toStillColors(ledCount: number): Uint8Array {
  return Uint8Array.from({ length: ledCount * 3 }, (_, index) => ((index * 7 + (index >> 8)) % 255) + 1)
}
