import { useEffect, useState } from 'preact/hooks'
import type { LogStats } from '../../protocol/api-log.ts'
import { useApp } from '../state/app-state.ts'

const HOUR_MS = 3_600_000
const HOURS = 24
const WIDTH = 240
const HEIGHT = 36
const REFRESH_MS = 5_000

/** Entries per hour of the last day as a line. */
export function Sparkline({ newestKey }: { readonly newestKey: string | undefined }) {
  const { http, i18n } = useApp()
  const [counts, setCounts] = useState<readonly number[]>()
  const isFirst = counts === undefined
  // A new entry is more to count.
  useEffect(() => {
    const leaving = new AbortController()
    const timer = setTimeout(
      () => {
        const endMs = Math.floor(Date.now() / HOUR_MS + 1) * HOUR_MS
        const since = new Date(endMs - HOURS * HOUR_MS).toISOString()
        http
          .get<LogStats>('/api/v1/activity-log/stats', { since }, leaving.signal)
          .then((stats) => setCounts(toCounts(stats, endMs)))
          .catch(() => {})
      },
      isFirst ? 0 : REFRESH_MS,
    )
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [http, newestKey])
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={i18n.t('dashboard.sparkline', { n: total })}
    >
      {counts && <path class="sparkline-area" d={`${toPath(counts)}V${HEIGHT}H0Z`} />}
      {counts && <path class="sparkline-line" d={toPath(counts)} />}
    </svg>
  )
}

/** Entries in each of the 24 hours before `endMs`. */
function toCounts({ hours }: LogStats, endMs: number): readonly number[] {
  const counts = Array.from({ length: HOURS }, () => 0)
  for (const { start, counts: byCategory } of hours) {
    const index = HOURS - Math.round((endMs - Date.parse(start)) / HOUR_MS)
    if (index >= 0 && index < HOURS) counts[index] = Object.values(byCategory).reduce((sum, n) => sum + n, 0)
  }
  return counts
}

function toPath(counts: readonly number[]): string {
  const most = Math.max(1, ...counts)
  const points = counts.map((count, index) => {
    const x = (index / (counts.length - 1)) * WIDTH
    // A square root, so that a busy hour does not flatten the others.
    const y = HEIGHT - 2 - Math.sqrt(count / most) * (HEIGHT - 6)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  return `M${points.join('L')}`
}
