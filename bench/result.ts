/** A figure beside what it is held against. */
export interface BenchRow {
  /** Stable name, for whoever compares two runs. */
  readonly id: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What the design wants. */
  readonly target?: { readonly is: '>=' | '<='; readonly value: number }
  /** Somebody else who did the same work in the same run, the two taking turns. */
  readonly peer?: { readonly name: string; readonly value: number }
  /** How many times as good as the peer; above 1 is better. */
  readonly ratio?: number
  /** What the design wants of the ratio, at least. */
  readonly ratio_target?: number
  readonly note?: string
}

/** What something costs as it grows. */
export interface Curve {
  /** Names the picture: `docs/images/performance/ID.svg`. */
  readonly id: string
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly {
    readonly name: string
    readonly points: readonly (readonly [number, number])[]
  }[]
}

export interface Axis {
  readonly title: string
  readonly isLog: boolean
}

export interface SuiteResult {
  readonly rows: readonly BenchRow[]
  readonly curves?: readonly Curve[]
}

export interface SuiteOptions {
  /** Less of everything, to see that it runs; the figures say little. */
  readonly isShort: boolean
  /** Tells what is being done. */
  readonly say: (what: string) => void
}

export type Suite = (options: SuiteOptions) => Promise<SuiteResult>

/** The value below which a share of all lie: 0.5 is the median. */
export function percentile(values: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** Rounded to three significant digits. */
export function round3(value: number): number {
  return Number(value.toPrecision(3))
}

/** Whether the row reaches its targets; undefined where it has none. */
export function isReached({ target, value, ratio = 0, ratio_target }: BenchRow): boolean | undefined {
  if (target === undefined && ratio_target === undefined) return undefined
  const isRatioReached = ratio_target === undefined || ratio >= ratio_target
  if (target === undefined) return isRatioReached
  return isRatioReached && (target.is === '>=' ? value >= target.value : value <= target.value)
}
