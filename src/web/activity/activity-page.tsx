import { useComputed } from '@preact/signals'
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { VirtualList } from '../ui/virtual-list.tsx'
import { EntryDetail } from './entry-detail.tsx'
import { EntryRow } from './entry-row.tsx'
import { ExportMenu } from './export-menu.tsx'
import { type FeedRow, toRows } from './feed-rows.ts'
import { FilterBar } from './filter-bar.tsx'
import { HourChart } from './hour-chart.tsx'
import { LogFeed } from './log-feed.ts'
import { type LogFilter, parseFilter, toAddress } from './log-filter.ts'
import { useFeedKeys } from './use-feed-keys.ts'

const LOAD_AHEAD_PX = 1_500

/** The log as a timeline, live; what is shown is in the address. */
export function ActivityPage() {
  const app = useApp()
  const { router, i18n, http, connection } = app
  const { t } = i18n
  const feed = useMemo(() => new LogFeed(http), [http])
  const { query } = router.place.value
  const entryId = query.get('entry') ?? undefined
  const filter = useFilter(query)

  useEffect(() => {
    const stop = app.listen((event) => feed.handle(event))
    return () => {
      stop()
      feed.dispose()
    }
  }, [app, feed])

  const isLive = connection.value.kind === 'live'
  useEffect(() => {
    void feed.open(filter)
  }, [feed, filter])
  useEffect(() => {
    // What could not be read while the server was away.
    if (isLive && feed.state.peek() === 'failed') void feed.open(filter)
  }, [isLive, feed, filter])

  const change = (next: LogFilter): void => router.go(toAddress(next, entryId), { replace: true })
  const open = useCallback(
    (id: string) => router.go(toAddress(filter, id), { replace: true }),
    [router, filter],
  )
  const close = useCallback(() => router.go(toAddress(filter), { replace: true }), [router, filter])

  return (
    <div class="page activity">
      <PageHead title={t('nav.activity')} lead={t('activity.lead')}>
        <ExportMenu filter={filter} />
      </PageHead>
      <FilterBar filter={filter} onChange={change} />
      <HourChart
        filter={filter}
        feed={feed}
        onRange={(sinceMs, untilMs) => change({ ...filter, sinceMs, untilMs })}
      />
      <Timeline feed={feed} onOpen={open} openId={entryId} />
      {entryId !== undefined && <EntryDetail key={entryId} id={entryId} feed={feed} onClose={close} />}
    </div>
  )
}

/** The same object as long as the filter is the same: opening an entry must not read the log anew. */
function useFilter(query: URLSearchParams): LogFilter {
  const parsed = parseFilter(query)
  const text = JSON.stringify(parsed)
  const kept = useRef({ text, parsed })
  if (kept.current.text !== text) kept.current = { text, parsed }
  return kept.current.parsed
}

interface TimelineProps {
  readonly feed: LogFeed
  readonly openId: string | undefined
  readonly onOpen: (id: string) => void
}

function Timeline({ feed, openId, onOpen }: TimelineProps) {
  const { i18n } = useApp()
  const { t, time } = i18n
  const isNarrow = useNarrow()
  const rows = useComputed(() => toRows(feed.items.value))
  useFeedKeys()

  const onView = useCallback(
    (isAtTop: boolean, leftPx: number) => {
      feed.isAtTop = isAtTop
      if (isAtTop && feed.waiting.peek().length > 0) feed.showWaiting()
      if (leftPx < LOAD_AHEAD_PX) void feed.loadMore()
    },
    [feed],
  )
  const heightOf = useCallback(
    (row: FeedRow): number => (row.kind === 'entry' ? (isNarrow ? 84 : 60) : 44),
    [isNarrow],
  )
  const render = (row: FeedRow) => {
    if (row.kind === 'day') return <DayHeading dayMs={row.dayMs} />
    if (row.kind === 'gap') return <p class="gap-row">{t('activity.gap', { from: row.from, to: row.to })}</p>
    return <EntryRow entry={row.entry} tsMs={row.tsMs} isOpen={row.key === openId} onOpen={onOpen} />
  }

  const { value: total } = feed.total
  const waiting = feed.waiting.value.length
  return (
    <section class="timeline" aria-label={t('activity.timeline')} aria-busy={feed.state.value === 'loading'}>
      <p class="timeline-count muted" role="status">
        {feed.state.value === 'ready' &&
          total &&
          (total.isCapped
            ? t('activity.countCapped', { count: time.value.number(total.count) })
            : t('activity.count', { n: total.count }))}
      </p>
      <div class="new-entries">
        {waiting > 0 && (
          <button
            type="button"
            class="button primary pill"
            onClick={() => {
              feed.showWaiting()
              document.querySelector('#main')?.scrollTo({ top: 0 })
            }}
          >
            <Icon name="up" />
            {t('activity.waiting', { n: waiting })}
          </button>
        )}
      </div>
      {feed.state.value === 'failed' && (
        <p class="banner error" role="alert">
          {feed.error.value?.message}
        </p>
      )}
      {feed.state.value === 'ready' && rows.value.length === 0 && <p class="empty">{t('activity.none')}</p>}
      {rows.value.length > 0 && (
        <VirtualList
          rows={rows.value}
          heightOf={heightOf}
          render={render}
          label={t('activity.timeline')}
          onView={onView}
        />
      )}
      {!feed.hasMore.value && rows.value.length > 0 && <p class="timeline-end muted">{t('activity.end')}</p>}
    </section>
  )
}

function DayHeading({ dayMs }: { readonly dayMs: number }) {
  const { i18n, nowMs } = useApp()
  return <h2 class="day">{i18n.time.value.day(dayMs, nowMs.value)}</h2>
}
