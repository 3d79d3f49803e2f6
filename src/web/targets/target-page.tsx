import { useState } from 'preact/hooks'
import { toAddress } from '../activity/log-filter.ts'
import { PowerButton } from '../lights/target-actions.tsx'
import { CaptureTrouble } from '../sources/capture-line.tsx'
import { useApp } from '../state/app-state.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import { LayoutEditor } from './layout-editor.tsx'
import { ProcessingPanel } from './processing-panel.tsx'
import { TargetForm } from './target-form.tsx'

/** One target: its layout, its processing, its switch. */
export function TargetPage({ id }: { readonly id: string }) {
  const { entities, http, router, session, i18n } = useApp()
  const { t } = i18n
  const [isEditing, setEditing] = useState(false)
  const [isDeleting, setDeleting] = useState(false)
  const target = entities.targets.value?.find((one) => one.id === id)
  if (!target) {
    return <div class="page">{entities.targets.value && <p class="empty">{t('target.gone')}</p>}</div>
  }
  const device = entities.devices.value?.find((one) => one.id === target.device_id)
  const source = entities.sources.value?.find((one) => one.id === target.source_id)
  const stats = entities.stats.value.get(id)
  return (
    <div class="page target-page">
      <div class="page-head">
        <div>
          <p class="crumb">
            <a href="/targets">
              <Icon name="back" />
              {t('nav.targets')}
            </a>
          </p>
          <h1>
            <bdi>{target.name}</bdi>
          </h1>
          <p class="lead">
            <bdi>{source?.name ?? '–'}</bdi> → <bdi>{device?.name ?? '–'}</bdi> ·{' '}
            {t(`target.state.${target.state}`)}
            {stats && target.state === 'running' && ` · ${t('target.rate', { rate: stats.frames_out })}`}
          </p>
          {target.state === 'running' && <CaptureTrouble source={source} />}
        </div>
        <div class="page-actions">
          {session.can('operator') && (
            <>
              <button type="button" class="button" onClick={() => setEditing(true)}>
                <Icon name="edit" />
                <span class="label">{t('entity.edit')}</span>
              </button>
              <button type="button" class="button" onClick={() => setDeleting(true)}>
                <Icon name="trash" />
                <span class="label">{t('entity.delete')}</span>
              </button>
            </>
          )}
          <PowerButton target={target} />
        </div>
      </div>
      <div class="target-columns">
        <LayoutEditor target={target} device={device} />
        <ProcessingPanel target={target} />
      </div>
      <a class="history-link" href={toAddress({ entityType: 'target', entityId: id })}>
        {t('entity.history')}
      </a>
      {isEditing && <TargetForm target={target} onClose={() => setEditing(false)} />}
      <Confirm
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        title={t('entity.deleteNamed', { name: target.name })}
        text={t('target.deleteText')}
        action={t('entity.delete')}
        onConfirm={async () => {
          await http.delete(`/api/v1/targets/${id}`)
          await entities.load('targets')
          router.go('/targets')
        }}
      />
    </div>
  )
}
