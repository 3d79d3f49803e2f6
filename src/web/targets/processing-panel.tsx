import type { Target } from '../api/types.ts'
import { BrightnessSlider, ProcessingSlider } from '../lights/target-actions.tsx'
import { useApp } from '../state/app-state.ts'

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
    </section>
  )
}
