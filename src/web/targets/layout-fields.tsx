import { useApp } from '../state/app-state.ts'
import { DraftField } from '../ui/draft-field.tsx'
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
        <DraftField
          key={edge}
          label={t(`layout.${edge}`)}
          type="number"
          min={0}
          max={ledCount}
          value={String(ring.counts[edge])}
          disabled={isDisabled}
          onCommit={(text) => setCount(edge, Number.parseInt(text, 10))}
        />
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
      <DraftField
        label={t('layout.depth')}
        type="number"
        min={1}
        max={50}
        value={String(depthPercent)}
        disabled={isDisabled}
        onCommit={(text) => {
          const percent = Number.parseFloat(text)
          if (percent >= 1 && percent <= 50) onDepth(percent)
        }}
      />
    </div>
  )
}
