import { useCallback } from 'preact/hooks'
import { saveFile } from '../lib/save-file.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'

/** Both databases as one file. */
export function BackupPanel() {
  const { http, i18n } = useApp()
  const { t } = i18n
  const [save, isBusy] = useAction(
    useCallback(async () => {
      const { name, blob } = await http.fetchFile('/api/v1/system/backup')
      saveFile(name, blob)
    }, [http]),
  )
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('backup.title')}</h2>
      </header>
      <p class="muted">{t('backup.text')}</p>
      <button type="button" class="button" disabled={isBusy} onClick={save}>
        <Icon name="download" />
        {t('backup.action')}
      </button>
    </section>
  )
}
