import { useRef } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'
import { type Gap, moveGapEnd } from './gaps.ts'
import { toPartOf, toShare, toStep, toXY } from './outline.ts'

export interface GapHandlesProps {
  readonly gaps: readonly Gap[]
  readonly onChange: (gaps: readonly Gap[]) => void
}

/** Both ends of each gap, to be dragged along their edge. Arrow keys move one per cent. */
export function GapHandles({ gaps, onChange }: GapHandlesProps) {
  const { t } = useApp().i18n
  const frame = useRef<HTMLDivElement>(null)
  return (
    <div ref={frame} class="layout-handles gaps">
      {gaps.map((gap, index) => (
        <div key={`${gap.edge} ${index}`} class="gap-mark" data-edge={gap.edge} style={toMarkStyle(gap)} />
      ))}
      {gaps.flatMap((gap, index) =>
        (['start', 'end'] as const).map((end) => {
          const percent = end === 'start' ? gap.start_percent : gap.end_percent
          const { x, y } = toXY({ edge: gap.edge, part: percent / 100 })
          const edge = t(`layout.${gap.edge}`)
          return (
            <button
              key={`${index} ${end}`}
              type="button"
              class="handle gap"
              aria-label={t(end === 'start' ? 'layout.gapStart' : 'layout.gapEnd', { edge, percent })}
              style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
              onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
              onPointerMove={(event) => {
                if (!event.currentTarget.hasPointerCapture(event.pointerId) || !frame.current) return
                const at = toShare(event, frame.current)
                onChange(moveGapEnd(gaps, index, end, toPartOf(gap.edge, at.x, at.y) * 100))
              }}
              onKeyDown={(event) => {
                const step = toStep(event.key)
                if (step === 0) return
                event.preventDefault()
                onChange(moveGapEnd(gaps, index, end, percent + step))
              }}
            />
          )
        }),
      )}
    </div>
  )
}

/** The bar that covers a gap on its edge. */
function toMarkStyle({
  edge,
  start_percent: start,
  end_percent: end,
}: Gap): Readonly<Record<string, string>> {
  const from = toXY({ edge, part: start / 100 })
  const to = toXY({ edge, part: end / 100 })
  return {
    left: `${Math.min(from.x, to.x) * 100}%`,
    top: `${Math.min(from.y, to.y) * 100}%`,
    width: `${Math.abs(from.x - to.x) * 100}%`,
    height: `${Math.abs(from.y - to.y) * 100}%`,
  }
}
