import { useCallback } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import type { Target } from '../api/types.ts'
import { BrightnessSlider, ProcessingSlider } from '../lights/target-actions.tsx'
import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'

const HAS_SLIDER: ReadonlySet<string> = new Set(['brightness', 'gamma'])

/** How the colours of a target are made; every slider acts while it is dragged. */
export function ProcessingPanel({ target }: { readonly target: Target }) {
  const { t } = useApp().i18n
  return (
    <section class="card processing">
      <header class="card-head">
        <h2>{t('processing.title')}</h2>
      </header>
      <BrightnessSlider target={target} />
      <ProcessingSlider
        target={target}
        name="gamma"
        label={t('processing.gamma')}
        min={0.1}
        max={5}
        step={0.1}
        show={(value) => value.toFixed(1)}
      />
      {Object.entries(target.processing)
        .filter(([name]) => !HAS_SLIDER.has(name))
        .map(([name, value]) => (
          <OtherField key={name} target={target} name={name} value={value} />
        ))}
    </section>
  )
}

interface OtherFieldProps {
  readonly target: Target
  readonly name: string
  readonly value: unknown
}

/** What the server has and this page has no slider for: a switch or a number under its own name. */
function OtherField({ target, name, value }: OtherFieldProps) {
  const { http, session, toasts, i18n } = useApp()
  const store = useCallback(
    (next: boolean | number) => {
      http
        .put(`/api/v1/targets/${target.id}`, { processing: { [name]: next } })
        .catch((cause) => toasts.show('error', toApiError(cause).message))
    },
    [http, toasts, target.id, name],
  )
  const label = i18n.word('processing', name)
  const isDisabled = !session.can('operator')
  if (typeof value === 'boolean') {
    return (
      <label class="switch">
        <input
          type="checkbox"
          checked={value}
          disabled={isDisabled}
          onChange={(event) => store(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
    )
  }
  if (typeof value !== 'number') return null
  return (
    <DraftField
      label={label}
      type="number"
      step="any"
      value={String(value)}
      disabled={isDisabled}
      onCommit={(text) => {
        const next = Number.parseFloat(text)
        if (!Number.isNaN(next)) store(next)
      }}
    />
  )
}
