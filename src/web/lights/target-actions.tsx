import { useCallback, useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { Target } from '../api/types.ts'
import { LatestSender } from '../lib/latest.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'

/** A drag along a slider is stored this often at most; each is an entry of the log. */
const STORE_MS = 250

/** Starts or stops a target. */
export function PowerButton({ target }: { readonly target: Target }) {
  const { http, entities, session, i18n } = useApp()
  const isOn = target.state !== 'stopped'
  const [act, isBusy] = useAction(
    useCallback(async () => {
      await http.post(`/api/v1/targets/${target.id}/${isOn ? 'stop' : 'start'}`)
      await entities.load('targets')
    }, [http, entities, target.id, isOn]),
  )
  return (
    <button
      type="button"
      class={`button ${isOn ? '' : 'primary'}`}
      disabled={isBusy || !session.can('operator')}
      onClick={act}
    >
      <Icon name={isOn ? 'stop' : 'play'} />
      {i18n.t(isOn ? 'target.stop' : 'target.start')}
      <span class="visually-hidden">{target.name}</span>
    </button>
  )
}

export type ProcessingKey = keyof Target['processing']

export interface ProcessingSliderProps {
  readonly target: Target
  readonly name: ProcessingKey
  readonly label: string
  readonly min: number
  readonly max: number
  readonly step: number
  /** The value as people read it: `80 %`. */
  readonly show: (value: number) => string
}

/** One number of a target's processing; acts while it is dragged. */
export function ProcessingSlider({ target, name, label, min, max, step, show }: ProcessingSliderProps) {
  const { http, session, toasts } = useApp()
  const stored = Number(target.processing[name])
  const [value, setValue] = useState(stored)
  const id = useId()
  const [isDragging, setDragging] = useState(false)
  const sender = useMemo(
    () =>
      new LatestSender<number>(async (next) => {
        await http
          .put(`/api/v1/targets/${target.id}`, { processing: { [name]: next } })
          .catch((cause: Error) => toasts.show('error', cause.message))
      }, STORE_MS),
    [http, target.id, name, toasts],
  )
  // What somebody else sets is followed, except under one's own finger.
  useEffect(() => {
    if (!isDragging) setValue(stored)
  }, [stored, isDragging])
  const release = (): void => {
    void sender.settle().then(() => setDragging(false))
  }
  return (
    <div class="slider">
      <label class="slider-label" for={id}>
        {label}
      </label>
      <span class="slider-value">{show(value)}</span>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={!session.can('operator')}
        aria-valuetext={show(value)}
        style={{ '--part': `${((value - min) / (max - min)) * 100}%` }}
        onInput={(event) => {
          const next = event.currentTarget.valueAsNumber
          setDragging(true)
          setValue(next)
          sender.push(next)
        }}
        onChange={release}
        onBlur={release}
      />
    </div>
  )
}

/** The one slider everybody wants. */
export function BrightnessSlider({ target }: { readonly target: Target }) {
  const { t } = useApp().i18n
  return (
    <ProcessingSlider
      target={target}
      name="brightness"
      label={t('processing.brightness')}
      min={0}
      max={1}
      step={0.01}
      show={(value) => `${Math.round(value * 100)} %`}
    />
  )
}
