export interface LedProcessing {
  /** 0-1, applied to the LED values. */
  readonly brightness: number
  /** 1 leaves values as they are; above 1 darkens the middle. */
  readonly gamma: number
}

/** What each of the 256 values becomes: gamma first, then brightness, so that brightness scales light. */
export function toProcessingTable({ brightness, gamma }: LedProcessing): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(Math.min(1, Math.max(0, brightness)) * 255 * (value / 255) ** gamma),
  )
}

/** Replaces every byte of `rgb` by its entry in `table`. Allocates nothing. */
export function applyTable(rgb: Uint8Array, table: Uint8Array): void {
  for (let i = 0; i < rgb.length; i += 1) rgb[i] = table[rgb[i] ?? 0] ?? 0
}
