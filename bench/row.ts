/** One comparison. */
export interface BenchRow {
  readonly what: string
  readonly unit: string
  readonly ours: number
  readonly peer: number
  readonly peerName: string
  /** How many times as good as the peer; above 1 is better. */
  readonly ratio: number
}

/** The middle value; of an even number of values, the upper one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Rounded to three significant digits. */
export function round3(value: number): number {
  return Number(value.toPrecision(3))
}
