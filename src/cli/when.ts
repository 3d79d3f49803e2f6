const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}
const DURATION = /^(\d{1,9})([smhdw])$/
/** RFC 3339 §5.6, the zone optional: a day, or a day and a time down to the millisecond. */
const DAY_AND_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i

/** What four digits of a year can say: there are no entries outside. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * A point in time as people write it, in ms since 1970; undefined when it is none.
 *
 * `30m`, `2h`, `7d`, `1w`: so long before `nowMs`. `now`, `today`, `yesterday`: the latter two at
 * midnight. ISO 8601: a day, or a day and a time; local where it names no zone.
 */
export function parseWhen(text: string, nowMs: number): number | undefined {
  const ms = parseDuration(text, nowMs) ?? parseWord(text, nowMs) ?? parseIso(text)
  return ms === undefined ? undefined : Math.min(Math.max(0, ms), LAST_MS)
}

function parseDuration(text: string, nowMs: number): number | undefined {
  const [, count = '', unit = ''] = DURATION.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  return unitMs === undefined ? undefined : nowMs - Number(count) * unitMs
}

function parseWord(text: string, nowMs: number): number | undefined {
  switch (text) {
    case 'now':
      return nowMs
    case 'today':
      return midnight(nowMs, 0)
    case 'yesterday':
      return midnight(nowMs, -1)
    default:
      return undefined
  }
}

/** A day has 23 or 25 hours where clocks are changed, so days are counted by the calendar. */
function midnight(nowMs: number, days: number): number {
  const now = new Date(nowMs)
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime()
}

function parseIso(text: string): number | undefined {
  const [, day = '', time = '00:00', zone = ''] = DAY_AND_TIME.exec(text) ?? []
  // `Date` takes the 30th of February for the 2nd of March.
  if (!isDay(day)) return undefined
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms
}

function isDay(text: string): boolean {
  const midnightUtc = new Date(`${text}T00:00Z`)
  return !Number.isNaN(midnightUtc.getTime()) && midnightUtc.toISOString().startsWith(text)
}
