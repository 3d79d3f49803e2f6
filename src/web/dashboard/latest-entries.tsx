import { useEffect, useMemo } from 'preact/hooks'
import { EntryBadge } from '../activity/entry-row.tsx'
import { LogFeed } from '../activity/log-feed.ts'
import { NO_FILTER, toAddress } from '../activity/log-filter.ts'
import { useApp } from '../state/app-state.ts'
import { Sparkline } from './sparkline.tsx'

const SHOWN = 7

/** The newest entries of the log, as they come, under a line of the last day's. */
export function LatestEntries() {
  const app = useApp()
  const { i18n, nowMs, http } = app
  const { t, time } = i18n
  const feed = useMemo(() => new LogFeed(http), [http])
  useEffect(() => {
    const stop = app.listen((event) => feed.handle(event))
    return () => {
      stop()
      feed.dispose()
    }
  }, [app, feed])
  const isLive = app.connection.value.kind === 'live'
  useEffect(() => {
    if (isLive && feed.state.peek() !== 'ready') void feed.open(NO_FILTER)
  }, [feed, isLive])
  const latest = feed.items.value.filter((item) => item.kind === 'entry').slice(0, SHOWN)
  return (
    <section class="card latest">
      <header class="card-head">
        <h2>{t('nav.activity')}</h2>
        <a href="/activity">{t('dashboard.all')}</a>
      </header>
      <Sparkline newestKey={latest[0]?.key} />
      <ul class="lines">
        {latest.map(({ entry, tsMs }) => (
          <li key={entry.id}>
            <a class="latest-line" href={toAddress({}, entry.id)}>
              <EntryBadge entry={entry} />
              <span class="latest-text">
                <bdi>{i18n.tell(entry)}</bdi>
              </span>
              <time class="muted" dateTime={entry.ts}>
                {time.value.ago(tsMs, nowMs.value)}
              </time>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
