/** `4 seconds`, `12 minutes`, `3 hours`: as long as a sentence needs it, the exact figure is metadata. */
export function toDuration(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1_000))
  const [value, unit] =
    seconds < 120
      ? [seconds, 'second']
      : seconds < 7_200
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3_600), 'hour']
  return `${value} ${unit}${value === 1 ? '' : 's'}`
}
