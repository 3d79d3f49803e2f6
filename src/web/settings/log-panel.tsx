import { useCallback, useEffect, useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import type { PruneReport, RetentionSettings } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Field, toNumber } from '../ui/form.tsx'
import { Icon } from '../ui/icon.tsx'

const SETTINGS_PATH = '/api/v1/activity-log/settings'
/** Typing settles for this long before the server is asked what would go. */
const TYPING_MS = 350

/** How long the log keeps what, with what that would remove; and how to switch it off or wipe it. */
export function LogPanel() {
  const { http, session, toasts, i18n } = useApp()
  const { t } = i18n
  const [settings, setSettings] = useState<RetentionSettings>()
  const [isClearing, setClearing] = useState(false)
  const isAdmin = session.can('admin')

  const read = useCallback(async () => {
    setSettings(await http.get<RetentionSettings>(SETTINGS_PATH))
  }, [http])
  useEffect(() => {
    read().catch(() => {})
  }, [read])

  const setEnabled = async (enabled: boolean): Promise<void> => {
    try {
      setSettings(await http.put<RetentionSettings>(SETTINGS_PATH, { enabled }))
    } catch (cause) {
      toasts.show('error', toApiError(cause).message)
      await read()
    }
  }

  if (!settings) return null
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('settings.log')}</h2>
      </header>
      <label class="switch">
        <input
          type="checkbox"
          checked={settings.enabled}
          disabled={!isAdmin}
          onChange={(event) => void setEnabled(event.currentTarget.checked)}
        />
        <span>{t('settings.record')}</span>
      </label>
      {!settings.enabled && <p class="banner warning">{t('settings.recordOff')}</p>}
      <RetentionForm settings={settings} isAdmin={isAdmin} onSaved={setSettings} />
      {isAdmin && (
        <button type="button" class="button danger" onClick={() => setClearing(true)}>
          <Icon name="trash" />
          {t('settings.clear')}
        </button>
      )}
      <Confirm
        isOpen={isClearing}
        onClose={() => setClearing(false)}
        title={t('settings.clear')}
        text={t('settings.clearText')}
        action={t('settings.clearAction')}
        onConfirm={async () => {
          const { removed } = await http.delete<{ readonly removed: number }>('/api/v1/activity-log')
          toasts.show('info', t('settings.cleared', { n: removed }))
        }}
      />
    </section>
  )
}

interface RetentionFormProps {
  readonly settings: RetentionSettings
  readonly isAdmin: boolean
  readonly onSaved: (settings: RetentionSettings) => void
}

function RetentionForm({ settings, isAdmin, onSaved }: RetentionFormProps) {
  const { http, toasts, i18n } = useApp()
  const { t } = i18n
  const [days, setDays] = useState(String(settings.max_days))
  const [entries, setEntries] = useState(String(settings.max_entries))
  const limits = { max_days: toNumber(days) ?? 0, max_entries: toNumber(entries) ?? 0 }
  const isChanged = limits.max_days !== settings.max_days || limits.max_entries !== settings.max_entries
  const { report, problem } = useDryRun(limits, isAdmin)
  const problemOf = (field: string): string | undefined =>
    problem?.field === field ? problem.message.replace(`${field}: `, '') : undefined

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    try {
      onSaved(await http.put<RetentionSettings>(SETTINGS_PATH, limits))
      toasts.show('info', t('app.saved'))
    } catch (cause) {
      toasts.show('error', toApiError(cause).message)
    }
  }
  return (
    <form class="form" noValidate onSubmit={(event) => void save(event)}>
      <div class="form-row">
        <Field name="max_days" label={t('settings.maxDays')} problem={problemOf('max_days')}>
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              inputMode="numeric"
              value={days}
              disabled={!isAdmin}
              onInput={(event) => setDays(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field name="max_entries" label={t('settings.maxEntries')} problem={problemOf('max_entries')}>
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              inputMode="numeric"
              value={entries}
              disabled={!isAdmin}
              onInput={(event) => setEntries(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <p class="muted" role="status">
        {report &&
          (report.removed === 0 ? t('settings.removesNone') : t('settings.removes', { n: report.removed }))}
      </p>
      {isAdmin && (
        <button type="submit" class="button primary" disabled={!isChanged || problem !== undefined}>
          {t('app.save')}
        </button>
      )}
    </form>
  )
}

/** What these limits would remove now; asked a moment after the last change. */
function useDryRun(limits: { readonly max_days: unknown; readonly max_entries: unknown }, isAdmin: boolean) {
  const { http } = useApp()
  const [state, setState] = useState<{ report?: PruneReport; problem?: ReturnType<typeof toApiError> }>({})
  const text = JSON.stringify(limits)
  useEffect(() => {
    if (!isAdmin) return
    let isStale = false
    const timer = setTimeout(() => {
      http
        .post<PruneReport>('/api/v1/activity-log/prune', { dry_run: true, ...JSON.parse(text) })
        .then((report) => !isStale && setState({ report }))
        .catch((cause) => !isStale && setState({ problem: toApiError(cause) }))
    }, TYPING_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [http, text, isAdmin])
  return state
}
