import type { Target } from '../api/types.ts'
import { CaptureTrouble } from '../sources/capture-line.tsx'
import { useApp } from '../state/app-state.ts'
import { LedPreview } from './led-preview.tsx'
import { BrightnessSlider } from './processing-slider.tsx'
import { PowerButton } from './target-actions.tsx'

/** A target at a glance: its light, what ties it, and the switch. */
export function TargetCard({ target }: { readonly target: Target }) {
  const { entities, i18n } = useApp()
  const { t } = i18n
  const device = entities.devices.value?.find(({ id }) => id === target.device_id)
  const source = entities.sources.value?.find(({ id }) => id === target.source_id)
  const stats = entities.stats.value.get(target.id)
  return (
    <article class="card target-card" data-state={target.state}>
      <LedPreview target={target} />
      <div class="target-body">
        <header class="target-head">
          <h2>
            <a href={`/targets/${encodeURIComponent(target.id)}`}>
              <bdi>{target.name}</bdi>
            </a>
          </h2>
          <p class="muted target-path">
            <bdi>{source?.name ?? '–'}</bdi> → <bdi>{device?.name ?? '–'}</bdi>
          </p>
        </header>
        <div class="target-row">
          <p class="state-line" data-state={target.state}>
            <span class="dot" />
            {t(`target.state.${target.state}`)}
            {stats && target.state === 'running' && (
              <span class="muted"> · {t('target.rate', { rate: stats.frames_out })}</span>
            )}
          </p>
          <PowerButton target={target} />
        </div>
        {target.state === 'running' && <CaptureTrouble source={source} />}
        <BrightnessSlider target={target} />
      </div>
    </article>
  )
}
