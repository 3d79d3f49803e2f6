import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { JsonObject, JsonValue } from '../../protocol/activity.ts'
import { toApiError } from '../api/api-error.ts'
import type { ActivityEntry } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { EntryBadge } from './entry-row.tsx'
import type { LogFeed } from './log-feed.ts'
import { toAddress } from './log-filter.ts'

export interface EntryDetailProps {
  readonly id: string
  readonly feed: LogFeed
  readonly onClose: () => void
}

/** All about one entry, beside the timeline, with the way to everything else of its actor and entity. */
export function EntryDetail({ id, feed, onClose }: EntryDetailProps) {
  const { i18n } = useApp()
  const { entry, problem } = useEntry(id, feed)
  const close = useRef<HTMLButtonElement>(null)
  // Before it is seen: whoever presses Escape at once means it.
  useLayoutEffect(() => {
    const before = document.activeElement
    const button = close.current
    button?.focus({ preventScroll: true })
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose()
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      // Only from where it was lost: the search may have been asked for meanwhile.
      const isLost = document.activeElement === document.body || document.activeElement === button
      if (before instanceof HTMLElement && isLost) before.focus({ preventScroll: true })
    }
  }, [onClose])
  return (
    <div class="detail" role="dialog" aria-label={i18n.t('detail.title')}>
      <header class="detail-head">
        {entry && <EntryBadge entry={entry} />}
        <h2>{i18n.t('detail.title')}</h2>
        <button
          ref={close}
          type="button"
          class="button icon-only quiet"
          aria-label={i18n.t('app.close')}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {problem !== undefined && <p class="banner error">{problem}</p>}
      {entry && <Facts entry={entry} />}
    </div>
  )
}

/** The entry as the feed has it, else from the server. */
function useEntry(id: string, feed: LogFeed) {
  const { http } = useApp()
  const [read, setRead] = useState<{ entry?: ActivityEntry; problem?: string }>({})
  const known = feed.items.value.find(({ key }) => key === id)
  const isKnown = known !== undefined
  useEffect(() => {
    if (isKnown || feed.state.peek() === 'loading') return
    http
      .get<ActivityEntry>(`/api/v1/activity-log/${encodeURIComponent(id)}`)
      .then((entry) => setRead({ entry }))
      .catch((cause) => setRead({ problem: toApiError(cause).message }))
  }, [http, id, isKnown, feed, feed.state.value])
  return known?.kind === 'entry' ? { entry: known.entry } : read
}

function Facts({ entry }: { readonly entry: ActivityEntry }) {
  const { i18n, nowMs } = useApp()
  const { t } = i18n
  const time = i18n.time.value
  const tsMs = Date.parse(entry.ts)
  const { changes, request, ...rest } = entry.metadata
  return (
    <div class="detail-body">
      <p class="detail-message">
        <bdi>{i18n.tell(entry)}</bdi>
      </p>
      <dl class="facts">
        <dt>{t('detail.time')}</dt>
        <dd>
          {time.exact(tsMs)} <span class="muted">({time.ago(tsMs, nowMs.value)})</span>
        </dd>
        <dt>{t('detail.actor')}</dt>
        <dd>
          <a href={toAddress({ actor: entry.actor })}>
            <bdi>{entry.actor}</bdi>
          </a>
        </dd>
        {entry.entity_type !== null && entry.entity_id !== null && (
          <>
            <dt>{t('detail.entity')}</dt>
            <dd>
              <a href={toAddress({ entityType: entry.entity_type, entityId: entry.entity_id })}>
                <bdi>{entry.entity_name ?? entry.entity_id}</bdi>
              </a>{' '}
              <span class="muted">{entry.entity_type}</span>
            </dd>
          </>
        )}
        <dt>{t('detail.action')}</dt>
        <dd>
          <a href={toAddress({ actions: [entry.action] })}>
            <code>{entry.action}</code>
          </a>
        </dd>
      </dl>
      {isObject(changes) && <Changes changes={changes} />}
      {Object.keys(rest).length > 0 && <Values title={t('detail.metadata')} values={rest} />}
      {isObject(request) && <Values title={t('detail.request')} values={request} />}
      <p class="detail-id muted">
        <code>{entry.id}</code>
      </p>
    </div>
  )
}

function Changes({ changes }: { readonly changes: JsonObject }) {
  const { t } = useApp().i18n
  return (
    <section>
      <h3>{t('detail.changes')}</h3>
      <div class="scroll-x">
        <table class="changes">
          <thead>
            <tr>
              <th scope="col">{t('detail.field')}</th>
              <th scope="col">{t('detail.before')}</th>
              <th scope="col">{t('detail.after')}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(changes).map(([field, change]) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>
                  <Value value={isObject(change) ? change.from : null} />
                </td>
                <td>
                  <Value value={isObject(change) ? change.to : change} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Values({ title, values }: { readonly title: string; readonly values: JsonObject }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl class="facts">
        {Object.entries(values).map(([name, value]) => [
          <dt key={`${name}-name`}>{name}</dt>,
          <dd key={name}>
            <Value value={value} />
          </dd>,
        ])}
      </dl>
    </section>
  )
}

/** Any value as text; what has parts, as JSON. */
function Value({ value }: { readonly value: JsonValue | undefined }) {
  if (value === null || value === undefined) return <span class="muted">–</span>
  if (typeof value === 'object') return <pre>{JSON.stringify(value, null, 2)}</pre>
  return <bdi class="value">{String(value)}</bdi>
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
