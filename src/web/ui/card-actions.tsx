import { useApp } from '../state/app-state.ts'
import { Icon } from './icon.tsx'

export interface CardActionsProps {
  readonly name: string
  readonly onEdit: () => void
  readonly onDelete: () => void
}

/** Change and delete, in the corner of a card. */
export function CardActions({ name, onEdit, onDelete }: CardActionsProps) {
  const { t } = useApp().i18n
  return (
    <span class="card-actions">
      <button
        type="button"
        class="button icon-only quiet"
        aria-label={t('entity.editNamed', { name })}
        onClick={onEdit}
      >
        <Icon name="edit" />
      </button>
      <button
        type="button"
        class="button icon-only quiet"
        aria-label={t('entity.deleteNamed', { name })}
        onClick={onDelete}
      >
        <Icon name="trash" />
      </button>
    </span>
  )
}
