import { useId, useMemo, useRef, useState } from 'preact/hooks'
import type { Target } from '../api/types.ts'
import { LatestSender } from '../lib/latest.ts'
import { useApp } from '../state/app-state.ts'

/** While a slider is dragged the light follows this often at most. */
const TRY_MS = 150

export type ProcessingPatch = Partial<Target['processing']>

export interface ProcessingSliderProps {
  readonly target: Target
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** The value as people read it: `80 %`. */
  readonly show: (value: number) => string
  /** What is to be stored for a value. */
  readonly toPatch: (value: number) => ProcessingPatch
}

/** One number of a target's processing; the light follows while it is dragged. */
export function ProcessingSlider({
  target,
  label,
  value: stored,
  min,
  max,
  step,
  show,
  toPatch,
}: ProcessingSliderProps) {
  const { http, entities, session, toasts } = useApp()
  const id = useId()
  // What somebody else sets is followed, except under one's own finger.
  const [draft, setDraft] = useState<number>()
  const value = draft ?? stored
  /** Moved to, and not yet let go. */
  const moved = useRef<number | undefined>(undefined)
  const sender = useMemo(
    () =>
      new LatestSender<ProcessingPatch>(async (processing) => {
        await http
          .post(`/api/v1/targets/${target.id}/try`, { processing })
          .catch((cause: Error) => toasts.show('error', cause.message))
      }, TRY_MS),
    [http, target.id, toasts],
  )
  // Tried while it is dragged, stored once it is let go: one change in the log.
  const release = (): void => {
    const next = moved.current
    if (next === undefined) return
    moved.current = undefined
    void sender
      .settle()
      .then(() => http.put(`/api/v1/targets/${target.id}`, { processing: toPatch(next) }))
      .catch((cause: Error) => toasts.show('error', cause.message))
      .then(() => entities.load('targets'))
      // Unless it has been moved on meanwhile.
      .finally(() => setDraft((now) => (now === next ? undefined : now)))
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
        style={{ '--part': `${((Math.min(max, Math.max(min, value)) - min) / (max - min)) * 100}%` }}
        onInput={(event) => {
          const next = event.currentTarget.valueAsNumber
          moved.current = next
          setDraft(next)
          sender.push(toPatch(next))
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
      label={t('processing.brightness')}
      value={target.processing.brightness}
      min={0}
      max={1}
      step={0.01}
      show={(value) => `${Math.round(value * 100)} %`}
      toPatch={(brightness) => ({ brightness })}
    />
  )
}
