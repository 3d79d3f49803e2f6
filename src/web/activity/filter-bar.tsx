import { useEffect, useRef, useState } from 'preact/hooks'
import { CATEGORIES, SEVERITIES } from '../../protocol/activity.ts'
import { fromLocalInput, toLocalInput } from '../lib/time.ts'
import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'
import { Icon } from '../ui/icon.tsx'
import { CATEGORY_ICONS } from './entry-row.tsx'
import { findPreset, type LogFilter, PRESETS, toPreset } from './log-filter.ts'

/** Typing settles for this long before the log is asked. */
const TYPING_MS = 180

export interface FilterBarProps {
  readonly filter: LogFilter
  readonly onChange: (filter: LogFilter) => void
}

/** What of the log is shown: search, presets, categories, severities, and more behind a button. */
export function FilterBar({ filter, onChange }: FilterBarProps) {
  const { i18n, nowMs } = useApp()
  const { t } = i18n
  const preset = findPreset(filter, nowMs.value)
  return (
    <search class="filters">
      <div class="filters-row">
        <SearchField filter={filter} onChange={onChange} />
        <fieldset class="chips">
          <legend class="visually-hidden">{t('filter.presets')}</legend>
          {PRESETS.map((name) => (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={preset === name}
              onClick={() => onChange(withSearch(toPreset(name, Date.now()), filter.q))}
            >
              {t(`preset.${name}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <Pinned filter={filter} onChange={onChange} />
      <details class="more-filters">
        <summary class="button quiet small">
          <Icon name="filter" />
          {t('filter.more')}
        </summary>
        <div class="more-filters-body">
          <fieldset class="chips">
            <legend>{t('filter.categories')}</legend>
            {CATEGORIES.map((category) => (
              <button
                key={category}
                type="button"
                class="chip"
                data-category={category}
                aria-pressed={filter.categories.includes(category)}
                onClick={() => onChange({ ...filter, categories: toggle(filter.categories, category) })}
              >
                <Icon name={CATEGORY_ICONS[category] ?? 'info'} />
                {t(`category.${category}`)}
              </button>
            ))}
          </fieldset>
          <fieldset class="chips">
            <legend>{t('filter.severities')}</legend>
            {SEVERITIES.map((severity) => (
              <button
                key={severity}
                type="button"
                class="chip"
                data-severity={severity}
                aria-pressed={filter.severities.includes(severity)}
                onClick={() => onChange({ ...filter, severities: toggle(filter.severities, severity) })}
              >
                <Icon name={severity} />
                {t(`severity.${severity}`)}
              </button>
            ))}
          </fieldset>
          <div class="filters-fields">
            <ActorField filter={filter} onChange={onChange} />
            <TimeField name="since" filter={filter} onChange={onChange} />
            <TimeField name="until" filter={filter} onChange={onChange} />
          </div>
        </div>
      </details>
    </search>
  )
}

function SearchField({ filter, onChange }: FilterBarProps) {
  const { t } = useApp().i18n
  const [text, setText] = useState(filter.q ?? '')
  const latest = useRef({ filter, onChange })
  latest.current = { filter, onChange }
  // The address has changed by a link or the browser's back button.
  useEffect(() => setText(filter.q ?? ''), [filter.q])
  useEffect(() => {
    const wanted = text.trim()
    if (wanted === (latest.current.filter.q ?? '')) return
    const timer = setTimeout(() => {
      // As it is by then: a preset may have been chosen meanwhile.
      const { filter: current, onChange: tell } = latest.current
      tell(withSearch(current, wanted))
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <label class="search-field">
      <span class="visually-hidden">{t('filter.search')}</span>
      <Icon name="search" />
      <input
        id="log-search"
        type="search"
        maxLength={200}
        placeholder={t('filter.search')}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd class="hint-key">/</kbd>
    </label>
  )
}

/** What a link or the chart has chosen, each with a way to take it off. */
function Pinned({ filter, onChange }: FilterBarProps) {
  const { i18n } = useApp()
  const { t } = i18n
  const time = i18n.time.value
  const { actor, entityType, entityId, sinceMs, untilMs, actions, ...rest } = filter
  const pins: { readonly text: string; readonly without: LogFilter }[] = []
  if (actor !== undefined)
    pins.push({
      text: t('filter.pinActor', { actor }),
      without: withDefined({ ...rest, actions, entityType, entityId, sinceMs, untilMs }),
    })
  if (entityId !== undefined)
    pins.push({
      text: t('filter.pinEntity', { entity: `${entityType ?? ''} ${entityId}`.trim() }),
      without: withDefined({ ...rest, actions, actor, sinceMs, untilMs }),
    })
  if (actions.length > 0) pins.push({ text: actions.join(', '), without: { ...filter, actions: [] } })
  if (sinceMs !== undefined || untilMs !== undefined) {
    const ends = [sinceMs, untilMs].map((ms) => (ms === undefined ? '…' : time.short(ms)))
    pins.push({
      text: ends.join(' – '),
      without: withDefined({ ...rest, actions, actor, entityType, entityId }),
    })
  }
  if (pins.length === 0) return null
  return (
    <ul class="pins">
      {pins.map(({ text, without }) => (
        <li key={text}>
          <button type="button" class="chip" aria-pressed="true" onClick={() => onChange(without)}>
            <bdi>{text}</bdi>
            <Icon name="close" />
            <span class="visually-hidden">{t('filter.remove')}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function ActorField({ filter, onChange }: FilterBarProps) {
  const { t } = useApp().i18n
  return (
    <DraftField
      label={t('detail.actor')}
      type="text"
      maxLength={200}
      value={filter.actor ?? ''}
      onCommit={(text) => {
        const { actor: _actor, ...rest } = filter
        const actor = text.trim()
        onChange(actor === '' ? rest : { ...rest, actor })
      }}
    />
  )
}

function TimeField({ name, filter, onChange }: FilterBarProps & { readonly name: 'since' | 'until' }) {
  const { t } = useApp().i18n
  const key = `${name}Ms` as const
  const ms = filter[key]
  return (
    <DraftField
      label={t(`filter.${name}`)}
      type="datetime-local"
      value={ms === undefined ? '' : toLocalInput(ms)}
      onCommit={(text) => {
        const { [key]: _before, ...rest } = filter
        const chosen = fromLocalInput(text)
        onChange(chosen === undefined ? rest : { ...rest, [key]: chosen })
      }}
    />
  )
}

function toggle<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item]
}

function withSearch({ q: _q, ...rest }: LogFilter, q: string | undefined): LogFilter {
  return q ? { ...rest, q } : rest
}

function withDefined(filter: object): LogFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as unknown as LogFilter
}
