import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { toAddress } from '../activity/log-filter.ts'
import type { Source } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { CardActions } from '../ui/card-actions.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { CaptureLine } from './capture-line.tsx'
import { SourceFact } from './source-fact.tsx'
import { sourceFieldsOf } from './source-fields.ts'
import { SourceForm } from './source-form.tsx'

/** What gives pictures. */
export function SourcesPage() {
  const { entities, http, session, i18n } = useApp()
  const { t } = i18n
  const [edited, setEdited] = useState<Source | 'new'>()
  const [deleted, setDeleted] = useState<Source>()
  const sources = entities.sources.value
  return (
    <div class="page">
      <PageHead title={t('nav.sources')} lead={t('source.lead')}>
        {session.can('operator') && (
          <button type="button" class="button primary" onClick={() => setEdited('new')}>
            <Icon name="plus" />
            {t('source.add')}
          </button>
        )}
      </PageHead>
      {sources?.length === 0 && <p class="empty">{t('source.none')}</p>}
      <ul class="cards">
        {sources?.map((source) => (
          <li key={source.id}>
            <SourceCard
              source={source}
              onEdit={() => setEdited(source)}
              onDelete={() => setDeleted(source)}
            />
          </li>
        ))}
      </ul>
      {edited && (
        <SourceForm source={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      <Confirm
        isOpen={deleted !== undefined}
        onClose={() => setDeleted(undefined)}
        title={t('entity.deleteNamed', { name: deleted?.name ?? '' })}
        text={t('source.deleteText')}
        action={t('entity.delete')}
        onConfirm={async () => {
          if (!deleted) return
          await http.delete(`/api/v1/sources/${deleted.id}`)
          await entities.load('sources')
        }}
      />
    </div>
  )
}

interface SourceCardProps {
  readonly source: Source
  readonly onEdit: () => void
  readonly onDelete: () => void
}

function SourceCard({ source, onEdit, onDelete }: SourceCardProps) {
  const { entities, session, i18n } = useApp()
  const { t } = i18n
  const targets = entities.targets.value?.filter(({ source_id: id }) => id === source.id) ?? []
  return (
    <article class="card entity-card">
      <header class="entity-head">
        <Icon name="source" />
        <h2>
          <bdi>{source.name}</bdi>
        </h2>
        {session.can('operator') && <CardActions name={source.name} onEdit={onEdit} onDelete={onDelete} />}
      </header>
      <CaptureLine source={source} />
      <dl class="facts compact">
        <dt>{t('field.type')}</dt>
        <dd>{i18n.word('source.type', source.type)}</dd>
        {sourceFieldsOf(source.type).map(([name, field]) => {
          const value = (source as Readonly<Record<string, unknown>>)[name]
          if (value === null || value === undefined) return null
          return (
            <Fragment key={name}>
              <dt>{t(`source.${name}`)}</dt>
              <dd>
                <SourceFact name={name} field={field} value={value} />
              </dd>
            </Fragment>
          )
        })}
        <dt>{t('nav.targets')}</dt>
        <dd>{targets.length === 0 ? '–' : targets.map(({ name }) => name).join(', ')}</dd>
      </dl>
      <a class="history-link" href={toAddress({ entityType: 'source', entityId: source.id })}>
        {t('entity.history')}
      </a>
    </article>
  )
}
