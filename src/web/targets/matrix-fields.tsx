import type { CORNERS } from '../../protocol/api-targets.ts'
import type { MatrixLayout } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'
import { Switch } from '../ui/switch.tsx'

const CORNER_NAMES = [
  'top_left',
  'top_right',
  'bottom_right',
  'bottom_left',
] as const satisfies typeof CORNERS

export interface MatrixFieldsProps {
  readonly layout: MatrixLayout
  /** LEDs of the device. */
  readonly ledCount: number
  readonly isDisabled: boolean
  readonly onChange: (layout: MatrixLayout) => void
}

/** A matrix in numbers and words; what the device has not enough LEDs for is kept from being asked. */
export function MatrixFields({ layout, ledCount, isDisabled, onChange }: MatrixFieldsProps) {
  const { t } = useApp().i18n
  const setNumber = (name: 'columns' | 'rows' | 'led_start', text: string): void => {
    const next = { ...layout, [name]: Number.parseInt(text, 10) }
    const isWhole = Number.isInteger(next[name]) && next[name] >= (name === 'led_start' ? 0 : 1)
    if (isWhole && next.led_start + next.columns * next.rows <= ledCount) onChange(next)
  }
  return (
    <div class="layout-fields">
      {(['columns', 'rows', 'led_start'] as const).map((name) => (
        <DraftField
          key={name}
          label={t(`layout.${name}`)}
          type="number"
          min={name === 'led_start' ? 0 : 1}
          value={String(layout[name])}
          disabled={isDisabled}
          onCommit={(text) => setNumber(name, text)}
        />
      ))}
      <label class="field">
        <span class="field-label">{t('layout.firstCorner')}</span>
        <select
          value={layout.first_led}
          disabled={isDisabled}
          onChange={(event) =>
            onChange({ ...layout, first_led: event.currentTarget.value as MatrixLayout['first_led'] })
          }
        >
          {CORNER_NAMES.map((corner) => (
            <option key={corner} value={corner}>
              {t(`layout.corner.${corner}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="field-label">{t('layout.runs')}</span>
        <select
          value={layout.runs}
          disabled={isDisabled}
          onChange={(event) =>
            onChange({ ...layout, runs: event.currentTarget.value as MatrixLayout['runs'] })
          }
        >
          <option value="rows">{t('layout.runs.rows')}</option>
          <option value="columns">{t('layout.runs.columns')}</option>
        </select>
      </label>
      <Switch
        label={t('layout.serpentine')}
        isOn={layout.serpentine}
        onChange={(serpentine) => onChange({ ...layout, serpentine })}
      />
    </div>
  )
}

/** A matrix of at most so many LEDs, as near to 16:9 as whole numbers allow. */
export function toUsualMatrix(ledCount: number): MatrixLayout {
  const columns = Math.max(1, Math.min(ledCount, Math.round(Math.sqrt((ledCount * 16) / 9))))
  const rows = Math.max(1, Math.floor(ledCount / columns))
  return {
    type: 'matrix',
    columns,
    rows,
    first_led: 'top_left',
    runs: 'rows',
    serpentine: true,
    led_start: 0,
  }
}
