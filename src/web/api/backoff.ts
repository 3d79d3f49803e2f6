const FIRST_MS = 500
const MAX_MS = 15_000

/**
 * How long to wait before try number `attempt`, counted from 0, in ms: doubling, capped, and spread by
 * `random` (0-1) so that the pages of a whole venue do not come back in one moment.
 */
export function toRetryDelayMs(attempt: number, random: number): number {
  const full = Math.min(MAX_MS, FIRST_MS * 2 ** attempt)
  return Math.round(full * (0.7 + 0.6 * random))
}
