import type { Target } from '../api/types.ts'
import { ProcessingSlider } from '../lights/processing-slider.tsx'
import { useApp } from '../state/app-state.ts'
import { Switch } from '../ui/switch.tsx'
import { useStore } from './use-store.ts'

/** White as it is: what a black body of this temperature shows. */
const NEUTRAL_K = 6_600
const COLORS = ['red', 'green', 'blue'] as const

/** What white looks like on this strip. */
export function WhitePanel({ target }: { readonly target: Target }) {
  const { t, time } = useApp().i18n
  const store = useStore(target)
  const { color_temperature_k: kelvin, white_balance } = target.processing
  return (
    <fieldset class="field-group">
      <legend>{t('processing.white')}</legend>
      <Switch
        label={t('processing.temperature')}
        isOn={kelvin !== null}
        onChange={(isOn) => store({ color_temperature_k: isOn ? NEUTRAL_K : null })}
      />
      {kelvin !== null && (
        <ProcessingSlider
          target={target}
          label={t('processing.color_temperature_k')}
          value={kelvin}
          min={1_500}
          max={12_000}
          step={100}
          show={(value) => `${time.value.number(value)} K`}
          toPatch={(color_temperature_k) => ({ color_temperature_k })}
        />
      )}
      {COLORS.map((color) => (
        <ProcessingSlider
          key={color}
          target={target}
          label={t(`processing.${color}`)}
          value={white_balance[color]}
          min={0}
          max={1}
          step={0.01}
          show={(value) => `${Math.round(value * 100)} %`}
          toPatch={(value) => ({ white_balance: { ...white_balance, [color]: value } })}
        />
      ))}
    </fieldset>
  )
}
