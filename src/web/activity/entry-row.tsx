import type { ActivityEntry } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

export const CATEGORY_ICONS: Readonly<Record<string, IconName>> = {
  auth: 'key',
  device: 'device',
  entity: 'entity',
  capture: 'capture',
  system: 'system',
}

export interface EntryRowProps {
  readonly entry: ActivityEntry
  readonly tsMs: number
  readonly isOpen: boolean
  readonly onOpen: (id: string) => void
}

/** One line of the timeline. */
export function EntryRow({ entry, tsMs, isOpen, onOpen }: EntryRowProps) {
  const { i18n, nowMs } = useApp()
  const time = i18n.time.value
  return (
    <button
      type="button"
      class={`entry-row ${isOpen ? 'open' : ''}`}
      data-severity={entry.severity}
      data-id={entry.id}
      aria-haspopup="dialog"
      onClick={() => onOpen(entry.id)}
    >
      <EntryBadge entry={entry} />
      <span class="entry-text">
        <span class="entry-message">
          <bdi>{i18n.tell(entry)}</bdi>
        </span>
        <span class="entry-meta">
          <bdi>{entry.actor}</bdi>
        </span>
      </span>
      <time class="entry-time" dateTime={entry.ts} title={time.exact(tsMs)}>
        <span>{time.clock(tsMs)}</span>
        <span class="muted">{time.ago(tsMs, nowMs.value)}</span>
      </time>
    </button>
  )
}

/** Category as icon and colour, severity as a ring around it. */
export function EntryBadge({ entry }: { readonly entry: ActivityEntry }) {
  const { i18n } = useApp()
  const { category, severity } = entry
  return (
    <span class="badge" data-category={category} data-severity={severity}>
      <Icon name={CATEGORY_ICONS[category] ?? 'info'} />
      {severity !== 'info' && (
        <Icon name={severity === 'error' ? 'error' : 'warning'} class="badge-severity" />
      )}
      <span class="visually-hidden">
        {toLabel(i18n, category)}
        {severity !== 'info' && `, ${i18n.t(severity === 'error' ? 'severity.error' : 'severity.warning')}`}
      </span>
    </span>
  )
}

function toLabel({ t }: ReturnType<typeof useApp>['i18n'], category: string): string {
  return category in CATEGORY_ICONS ? t(`category.${category as ActivityEntry['category']}`) : category
}
