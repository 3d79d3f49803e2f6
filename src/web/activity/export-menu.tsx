import { useCallback } from 'preact/hooks'
import { saveFile } from '../lib/save-file.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'
import { type LogFilter, toQuery } from './log-filter.ts'

const FORMATS = ['csv', 'json', 'ndjson'] as const
type Format = (typeof FORMATS)[number]

/** Hands out what the filter shows as a file. For admins. */
export function ExportMenu({ filter }: { readonly filter: LogFilter }) {
  const { session, i18n } = useApp()
  if (!session.can('admin')) return null
  return (
    <details class="menu">
      <summary class="button">
        <Icon name="download" />
        {i18n.t('export.title')}
      </summary>
      <div class="menu-items">
        {FORMATS.map((format) => (
          <ExportItem key={format} format={format} filter={filter} />
        ))}
      </div>
    </details>
  )
}

function ExportItem({ format, filter }: { readonly format: Format; readonly filter: LogFilter }) {
  const { http, i18n } = useApp()
  const [save, isBusy] = useAction(
    useCallback(async () => {
      const { name, blob } = await http.fetchFile('/api/v1/activity-log/export', {
        ...toQuery(filter),
        format,
      })
      saveFile(name, blob)
    }, [http, filter, format]),
  )
  return (
    <button type="button" class="menu-item" disabled={isBusy} onClick={save}>
      {i18n.t(`export.${format}`)}
    </button>
  )
}
