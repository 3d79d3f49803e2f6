import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'
import { Icon } from '../ui/icon.tsx'
import { addGap, type Gap, moveGapEnd } from './gaps.ts'
import { RING_EDGES, type RingEdge } from './ring.ts'

export interface GapFieldsProps {
  readonly gaps: readonly Gap[]
  readonly isDisabled: boolean
  readonly onChange: (gaps: readonly Gap[]) => void
}

/** The gaps in numbers, and what adds and removes them. */
export function GapFields({ gaps, isDisabled, onChange }: GapFieldsProps) {
  const { t } = useApp().i18n
  const setEdge = (index: number, edge: RingEdge): void =>
    onChange(gaps.map((gap, i) => (i === index ? { ...gap, edge } : gap)))
  return (
    <div class="gap-fields">
      {gaps.map((gap, index) => (
        <fieldset key={`${gap.edge} ${index}`} class="field-group">
          <legend>{t('layout.gap')}</legend>
          <div class="form-row">
            <label class="field">
              <span class="field-label">{t('layout.edge')}</span>
              <select
                value={gap.edge}
                disabled={isDisabled}
                onChange={(event) => setEdge(index, event.currentTarget.value as RingEdge)}
              >
                {RING_EDGES.map((edge) => (
                  <option
                    key={edge}
                    value={edge}
                    disabled={gaps.some((other, i) => i !== index && other.edge === edge)}
                  >
                    {t(`layout.${edge}`)}
                  </option>
                ))}
              </select>
            </label>
            {(['start', 'end'] as const).map((end) => (
              <DraftField
                key={end}
                label={t(end === 'start' ? 'layout.from' : 'layout.to')}
                type="number"
                min={0}
                max={100}
                step="any"
                value={String(end === 'start' ? gap.start_percent : gap.end_percent)}
                disabled={isDisabled}
                onCommit={(text) => {
                  const percent = Number.parseFloat(text)
                  if (!Number.isNaN(percent)) onChange(moveGapEnd(gaps, index, end, percent))
                }}
              />
            ))}
            <button
              type="button"
              class="button small"
              disabled={isDisabled}
              onClick={() => onChange(gaps.filter((_, i) => i !== index))}
            >
              <Icon name="trash" />
              {t('layout.removeGap')}
            </button>
          </div>
        </fieldset>
      ))}
      <button
        type="button"
        class="button small"
        disabled={isDisabled || gaps.length >= RING_EDGES.length}
        onClick={() => onChange(addGap(gaps))}
      >
        <Icon name="plus" />
        {t('layout.addGap')}
      </button>
    </div>
  )
}
