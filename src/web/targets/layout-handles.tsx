import { useRef } from 'preact/hooks'
import type { MessageKey } from '../i18n/catalogue.ts'
import { useApp } from '../state/app-state.ts'
import { type Spot, toSpot, toStep, toXY } from './outline.ts'
import { countRing, edgeAfter, moveCorner, moveStart, RING_EDGES, type Ring, type RingEdge } from './ring.ts'

/** Each corner by the edge that ends there, going clockwise. */
const CORNERS: readonly {
  readonly edge: RingEdge
  readonly x: number
  readonly y: number
  readonly label: MessageKey
}[] = [
  { edge: 'left', x: 0, y: 0, label: 'layout.cornerTopLeft' },
  { edge: 'top', x: 1, y: 0, label: 'layout.cornerTopRight' },
  { edge: 'right', x: 1, y: 1, label: 'layout.cornerBottomRight' },
  { edge: 'bottom', x: 0, y: 1, label: 'layout.cornerBottomLeft' },
]

export interface LayoutHandlesProps {
  readonly ring: Ring
  readonly onChange: (ring: Ring) => void
}

/** What can be dragged: where the strip turns each corner, and its first LED. Arrow keys move one LED. */
export function LayoutHandles({ ring, onChange }: LayoutHandlesProps) {
  const { t } = useApp().i18n
  const frame = useRef<HTMLDivElement>(null)
  const begun = useRef(ring)

  const drag = (event: PointerEvent, move: (place: Spot) => Ring): void => {
    if (!(event.currentTarget instanceof HTMLElement) || !frame.current) return
    if (event.type === 'pointerdown') {
      event.currentTarget.setPointerCapture(event.pointerId)
      begun.current = ring
      return
    }
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    onChange(move(toSpot(event, frame.current)))
  }
  const start = toPoint(ring, ring.start)

  return (
    <div ref={frame} class="layout-handles">
      {CORNERS.map(({ edge, x, y, label }) => {
        const move = (spot: Spot): Ring => moveCorner(begun.current, edge, toDelta(begun.current, edge, spot))
        return (
          <button
            key={edge}
            type="button"
            class="handle corner"
            aria-label={t(label, { before: ring.counts[edge], after: ring.counts[edgeAfter(edge)] })}
            style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
            onPointerDown={(event) => drag(event, move)}
            onPointerMove={(event) => drag(event, move)}
            onKeyDown={(event) => {
              const step = toStep(event.key)
              if (step === 0) return
              event.preventDefault()
              onChange(moveCorner(ring, edge, step))
            }}
          />
        )
      })}
      <button
        type="button"
        class="handle start"
        data-edge={start.edge}
        aria-label={t('layout.first')}
        title={t('layout.first')}
        style={{ left: `${start.x * 100}%`, top: `${start.y * 100}%` }}
        onPointerDown={(event) => drag(event, (spot) => moveStart(ring, toPlace(ring, spot)))}
        onPointerMove={(event) => drag(event, (spot) => moveStart(ring, toPlace(ring, spot)))}
        onKeyDown={(event) => {
          const step = toStep(event.key)
          if (step === 0) return
          event.preventDefault()
          onChange(moveStart(ring, ring.start + step))
        }}
      >
        1
      </button>
    </div>
  )
}

interface Point {
  readonly edge: RingEdge
  readonly x: number
  readonly y: number
}

/** How many LEDs a corner moves when it is dragged to a spot of one of its two edges. */
function toDelta({ counts }: Ring, edge: RingEdge, spot: Spot): number {
  if (spot.edge === edge) return -(1 - spot.part) * counts[edge]
  if (spot.edge === edgeAfter(edge)) return spot.part * counts[edgeAfter(edge)]
  return 0
}

function toPlace({ counts }: Ring, { edge, part }: Spot): number {
  let place = 0
  for (const name of RING_EDGES) {
    if (name === edge) return place + Math.min(Math.max(0, counts[edge] - 1), Math.floor(part * counts[edge]))
    place += counts[name]
  }
  return 0
}

function toPoint(ring: Ring, place: number): Point {
  let left = place
  for (const edge of RING_EDGES) {
    const count = ring.counts[edge]
    if (left < count || (edge === 'bottom' && countRing(ring) > 0)) {
      const part = (left + 0.5) / Math.max(1, count)
      return { edge, ...toXY({ edge, part }) }
    }
    left -= count
  }
  return { edge: 'left', x: 0, y: 1 }
}
