import type { Target } from '../api/types.ts'
import { BrightnessSlider, ProcessingSlider } from '../lights/processing-slider.tsx'
import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'
import { Switch } from '../ui/switch.tsx'
import { PROCESSING_DEFAULTS } from './processing-defaults.ts'
import { useStore } from './use-store.ts'
import { WhitePanel } from './white-panel.tsx'

const USUAL_LIMIT_MA = 2_000
const WHITE_CHANNELS = ['none', 'accurate', 'brighter'] as const

interface ProcessingPanelProps {
  readonly target: Target
}

/** How the colours of a target are made; every slider acts while it is dragged. */
export function ProcessingPanel({ target }: ProcessingPanelProps) {
  const { session, i18n } = useApp()
  const { t } = i18n
  const time = i18n.time.value
  const { processing } = target
  const store = useStore(target)
  const isDisabled = !session.can('operator')
  const toPercent = (value: number): string => `${Math.round(value * 100)} %`
  return (
    <section class="card processing">
      <header class="card-head">
        <h2>{t('processing.title')}</h2>
        <button
          type="button"
          class="button small"
          disabled={isDisabled}
          onClick={() => store(PROCESSING_DEFAULTS)}
        >
          {t('processing.reset')}
        </button>
      </header>
      <BrightnessSlider target={target} />
      <ProcessingSlider
        target={target}
        label={t('processing.smoothing_ms')}
        value={processing.smoothing_ms}
        min={0}
        max={2_000}
        step={10}
        show={(value) => time.milliseconds(value)}
        toPatch={(smoothing_ms) => ({ smoothing_ms })}
      />
      <ProcessingSlider
        target={target}
        label={t('processing.saturation')}
        value={processing.saturation}
        min={0}
        max={3}
        step={0.05}
        show={toPercent}
        toPatch={(saturation) => ({ saturation })}
      />
      <Switch
        label={t('processing.skip_black_bars')}
        isOn={processing.skip_black_bars}
        onChange={(skip_black_bars) => store({ skip_black_bars })}
      />
      <details class="more">
        <summary>{t('processing.more')}</summary>
        <div class="more-body">
          <ProcessingSlider
            target={target}
            label={t('processing.gamma')}
            value={processing.gamma}
            min={0.1}
            max={5}
            step={0.1}
            show={(value) => time.decimal(value, 1)}
            toPatch={(gamma) => ({ gamma })}
          />
          <ProcessingSlider
            target={target}
            label={t('processing.black_threshold')}
            value={processing.black_threshold}
            min={0}
            max={0.4}
            step={0.005}
            show={(value) => `${time.decimal(value * 100, 1)} %`}
            toPatch={(black_threshold) => ({ black_threshold })}
          />
          <WhitePanel target={target} />
          <Switch
            label={t('processing.power_limit')}
            isOn={processing.power_limit_ma !== null}
            onChange={(isOn) => store({ power_limit_ma: isOn ? USUAL_LIMIT_MA : null })}
          />
          {processing.power_limit_ma !== null && (
            <div class="form-row">
              <NumberField
                label={t('processing.power_limit_ma')}
                value={processing.power_limit_ma}
                onCommit={(power_limit_ma) => store({ power_limit_ma: Math.round(power_limit_ma) })}
              />
              <NumberField
                label={t('processing.led_ma')}
                value={processing.led_ma}
                onCommit={(led_ma) => store({ led_ma })}
              />
            </div>
          )}
          <label class="field">
            <span class="field-label">{t('processing.white_channel')}</span>
            <select
              value={processing.white_channel}
              disabled={isDisabled}
              onChange={(event) =>
                store({ white_channel: event.currentTarget.value as (typeof WHITE_CHANNELS)[number] })
              }
            >
              {WHITE_CHANNELS.map((channel) => (
                <option key={channel} value={channel}>
                  {t(`processing.white.${channel}`)}
                </option>
              ))}
            </select>
          </label>
          <Switch
            label={t('processing.dithering')}
            isOn={processing.dithering}
            onChange={(dithering) => store({ dithering })}
          />
        </div>
      </details>
    </section>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly onCommit: (value: number) => void
}

function NumberField({ label, value, onCommit }: NumberFieldProps) {
  const { session } = useApp()
  return (
    <DraftField
      label={label}
      type="number"
      step="any"
      value={String(value)}
      disabled={!session.can('operator')}
      onCommit={(text) => {
        const next = Number.parseFloat(text)
        if (!Number.isNaN(next)) onCommit(next)
      }}
    />
  )
}
