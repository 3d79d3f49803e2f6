import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { LogStats } from '../../protocol/api-log.ts'
import { toLocale } from '../i18n/languages.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { type ChartData, toChartData } from './chart-data.ts'
import type { LogFeed } from './log-feed.ts'
import { type LogFilter, toQuery } from './log-filter.ts'

const HEIGHT_PX = 110
/** Counts follow the live entries this much later, at most. */
const REFRESH_MS = 2_000

export interface HourChartProps {
  readonly filter: LogFilter
  readonly feed: LogFeed
  readonly onRange: (sinceMs: number, untilMs: number) => void
}

/** How much happened when, by category. Drawing across it chooses that range. */
export function HourChart({ filter, feed, onRange }: HourChartProps) {
  const { i18n, theme } = useApp()
  const { t } = i18n
  const data = useStats(filter, feed)
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const tell = useRef(onRange)
  tell.current = onRange
  const { sinceMs, untilMs } = filter
  const themeName = theme.value
  const locale = toLocale(i18n.language.value)

  // Colours and words come from theme and language.
  useEffect(() => {
    const element = frame.current
    if (!element || !data) return
    const made = new uPlot(
      toOptions(element, data, (since, until) => tell.current(since, until), locale),
      data.series,
      element,
    )
    plot.current = made
    const resized = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT_PX })
      showRange(made, sinceMs, untilMs)
    })
    resized.observe(element)
    return () => {
      resized.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [data, themeName, locale])

  useEffect(() => {
    if (plot.current) showRange(plot.current, sinceMs, untilMs)
  }, [sinceMs, untilMs, data, themeName])

  if (data && data.total === 0) return null
  return (
    <figure class="chart">
      <figcaption class="chart-caption">
        <span>{t(data?.isDaily ? 'chart.perDay' : 'chart.perHour')}</span>
        <span class="muted">
          <Icon name="info" />
          {t('chart.hint')}
        </span>
      </figcaption>
      <div
        ref={frame}
        class="chart-frame"
        role="img"
        aria-label={t('chart.label', { n: data?.total ?? 0 })}
      />
    </figure>
  )
}

/** Counts of what the filter matches at any time, read again a moment after new entries came. */
function useStats(filter: LogFilter, feed: LogFeed): ChartData | undefined {
  const { http } = useApp()
  const [read, setRead] = useState<{ readonly of: string; readonly data: ChartData }>()
  const { sinceMs: _since, untilMs: _until, ...anyTime } = filter
  const text = JSON.stringify(toQuery(anyTime))
  const newest = feed.items.value[0]?.key
  const isOther = read?.of !== text
  // `newest` says that there is more to count.
  useEffect(() => {
    const leaving = new AbortController()
    const timer = setTimeout(
      () => {
        http
          .get<LogStats>('/api/v1/activity-log/stats', JSON.parse(text), leaving.signal)
          .then((stats) => setRead({ of: text, data: toChartData(stats) }))
          .catch(() => {})
      },
      isOther ? 0 : REFRESH_MS,
    )
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [http, text, newest])
  return read?.data
}

function toOptions(
  element: HTMLElement,
  data: ChartData,
  onRange: (sinceMs: number, untilMs: number) => void,
  locale: string,
): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: resolveColour(element, 'var(--muted)'),
    font: '11px system-ui',
    grid: { show: false },
    ticks: { show: false },
  }
  const barSeconds = (data.isDaily ? 24 : 1) * 3_600
  const bars = uPlot.paths.bars?.({ size: [0.8, 28], radius: 0.15 })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    // The label of the last bar reaches beyond it.
    padding: [6, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      // Half a bar beside the first and the last.
      x: { time: true, range: (_plot, min, max) => [min - barSeconds / 2, max + barSeconds / 2] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max)] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 64,
        values: (_plot, splits) =>
          splits.map((seconds) => {
            const date = new Date(seconds * 1_000)
            const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
            return isMidnight ? day.format(date) : hour.format(date)
          }),
      },
      {
        ...axis,
        size: 34,
        space: 36,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000],
      },
    ],
    series: [
      {},
      ...data.categories.map((category) => ({
        fill: resolveColour(element, `var(--cat-${category})`) || colour('--muted'),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 4) return
          const since = plot.posToVal(left, 'x') * 1_000
          const until = plot.posToVal(left + width, 'x') * 1_000
          const { stepMs } = data
          onRange(Math.floor(since / stepMs) * stepMs, Math.ceil(until / stepMs) * stepMs)
        },
      ],
    },
  }
}

/** A canvas does not know custom properties. */
function resolveColour(element: HTMLElement, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** Lays the chosen range over the bars. */
function showRange(plot: uPlot, sinceMs: number | undefined, untilMs: number | undefined): void {
  const { width } = plot.over.getBoundingClientRect()
  const clamp = (px: number): number => Math.min(width, Math.max(0, px))
  const none = sinceMs === undefined && untilMs === undefined
  const left = sinceMs === undefined ? 0 : clamp(plot.valToPos(sinceMs / 1_000, 'x'))
  const right = untilMs === undefined ? width : clamp(plot.valToPos(untilMs / 1_000, 'x'))
  const { height } = plot.over.getBoundingClientRect()
  plot.setSelect(
    { left, width: none ? 0 : Math.max(2, right - left), top: 0, height: none ? 0 : height },
    false,
  )
}
