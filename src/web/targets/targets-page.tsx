import { useState } from 'preact/hooks'
import { TargetCard } from '../lights/target-card.tsx'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { TargetForm } from './target-form.tsx'

/** What lights what. */
export function TargetsPage() {
  const { entities, session, i18n } = useApp()
  const { t } = i18n
  const [isAdding, setAdding] = useState(false)
  const targets = entities.targets.value
  const isReady = (entities.devices.value?.length ?? 0) > 0 && (entities.sources.value?.length ?? 0) > 0
  return (
    <div class="page">
      <PageHead title={t('nav.targets')} lead={t('target.lead')}>
        {session.can('operator') && (
          <button type="button" class="button primary" disabled={!isReady} onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t('target.add')}
          </button>
        )}
      </PageHead>
      {targets?.length === 0 && <p class="empty">{t(isReady ? 'target.none' : 'target.needs')}</p>}
      <section class="targets-grid" aria-label={t('nav.targets')}>
        {targets?.map((target) => (
          <TargetCard key={target.id} target={target} />
        ))}
      </section>
      {isAdding && <TargetForm target={undefined} onClose={() => setAdding(false)} />}
    </div>
  )
}
