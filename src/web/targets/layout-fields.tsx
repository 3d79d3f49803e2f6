import { useApp } from '../state/app-state.ts'
import { countRing, moveStart, RING_EDGES, type Ring, type RingEdge } from './ring.ts'

export interface LayoutFieldsProps {
  readonly ring: Ring
  /** LEDs of the device. */
  readonly ledCount: number
  readonly depthPercent: number
  readonly isDisabled: boolean
  readonly onRing: (ring: Ring) => void
  readonly onDepth: (percent: number) => void
}

/** The layout in numbers. */
export function LayoutFields({
  ring,
  ledCount,
  depthPercent,
  isDisabled,
  onRing,
  onDepth,
}: LayoutFieldsProps) {
  const { t } = useApp().i18n
  const setCount = (edge: RingEdge, count: number): void => {
    const room = ledCount - countRing(ring) + ring.counts[edge]
    if (!Number.isInteger(count) || count < 0) return
    const counts = { ...ring.counts, [edge]: Math.min(count, room) }
    onRing(moveStart({ ...ring, counts }, ring.start))
  }
  return (
    <div class="layout-fields">
      {RING_EDGES.map((edge) => (
        <label key={edge} class="field">
          <span class="field-label">{t(`layout.${edge}`)}</span>
          <input
            type="number"
            min={0}
            max={ledCount}
            value={ring.counts[edge]}
            disabled={isDisabled}
            onChange={(event) => setCount(edge, event.currentTarget.valueAsNumber)}
          />
        </label>
      ))}
      <label class="field">
        <span class="field-label">{t('layout.direction')}</span>
        <select
          value={ring.isClockwise ? 'clockwise' : 'counter'}
          disabled={isDisabled}
          onChange={(event) => onRing({ ...ring, isClockwise: event.currentTarget.value === 'clockwise' })}
        >
          <option value="clockwise">{t('layout.clockwise')}</option>
          <option value="counter">{t('layout.counterclockwise')}</option>
        </select>
      </label>
      <label class="field">
        <span class="field-label">{t('layout.depth')}</span>
        <input
          type="number"
          min={1}
          max={50}
          value={depthPercent}
          disabled={isDisabled}
          onChange={(event) => {
            const percent = event.currentTarget.valueAsNumber
            if (percent >= 1 && percent <= 50) onDepth(percent)
          }}
        />
      </label>
    </div>
  )
}
