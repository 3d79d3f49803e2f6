import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Device, StripLayout, Target } from '../api/types.ts'
import { LatestSender } from '../lib/latest.ts'
import { LedPreview, PREVIEW_MARGIN } from '../lights/led-preview.tsx'
import { useApp } from '../state/app-state.ts'
import { GapFields } from './gap-fields.tsx'
import { GapHandles } from './gap-handles.tsx'
import { LayoutFields } from './layout-fields.tsx'
import { LayoutHandles } from './layout-handles.tsx'
import { MatrixFields, toUsualMatrix } from './matrix-fields.tsx'
import { fromSegments, type Ring, toSegments, toUsualRing } from './ring.ts'
import { useCalibration } from './use-calibration.ts'

/** While a corner is dragged, the strip follows this often. */
const TRY_MS = 150
/** So long nothing is moved before it is stored: a drag is one change in the log. */
const STORE_AFTER_MS = 500

export interface LayoutEditorProps {
  readonly target: Target
  readonly device: Device | undefined
}

/**
 * The LEDs around a picture of the screen, or all over it. Corners, gaps and the first LED are dragged, or set in
 * numbers; the light follows at once, in the preview and on the wall.
 */
export function LayoutEditor({ target, device }: LayoutEditorProps) {
  const { http, entities, session, toasts, i18n } = useApp()
  const { t } = i18n
  const [draft, setDraft] = useState<Target['layout']>()
  const layout = draft ?? target.layout
  const ring = useMemo(() => (layout.type === 'strip' ? fromSegments(layout.segments) : undefined), [layout])
  const pending = useRef<(() => void) | undefined>(undefined)
  const sender = useRef<LatestSender<Target['layout']> | null>(null)
  sender.current ??= new LatestSender(async (next) => {
    await http
      .post(`/api/v1/targets/${target.id}/try`, { layout: next })
      .catch((cause: Error) => toasts.show('error', cause.message))
  }, TRY_MS)
  const [isCalibrating, toggleCalibration] = useCalibration(target)

  // What was changed is stored when it has come to rest, or when the page is left.
  useEffect(() => {
    if (draft === undefined) return
    let isStored = false
    const store = (): void => {
      if (isStored) return
      isStored = true
      const tried = sender.current?.settle() ?? Promise.resolve()
      void tried
        .then(() => http.put(`/api/v1/targets/${target.id}`, { layout: draft }))
        .catch((cause: Error) => toasts.show('error', cause.message))
        // What is stored is shown, unless something else has been moved meanwhile.
        .then(() => entities.load('targets'))
        .finally(() => setDraft((now) => (now === draft ? undefined : now)))
    }
    const timer = setTimeout(store, STORE_AFTER_MS)
    pending.current = store
    return () => clearTimeout(timer)
  }, [http, entities, toasts, target.id, draft])
  useEffect(() => () => pending.current?.(), [])
  const change = (next: Target['layout']): void => {
    setDraft(next)
    sender.current?.push(next)
  }
  const canChange = session.can('operator')
  const ledCount = device?.led_count ?? 0
  const changeType = (type: string): void => {
    if (type === layout.type || ledCount === 0) return
    change(type === 'matrix' ? toUsualMatrix(ledCount) : toUsualStrip(ledCount))
  }

  return (
    <section class="card layout-editor">
      <header class="card-head">
        <h2>{t('layout.title')}</h2>
        <p class="muted">{t('layout.used', { n: countUsed(layout), of: ledCount })}</p>
      </header>
      <div class="layout-stage" style={{ '--margin': `${PREVIEW_MARGIN * 100}%` }}>
        <LedPreview target={{ ...target, layout }} />
        {layout.type === 'strip' && ring && canChange && (
          <>
            <GapHandles gaps={layout.gaps} onChange={(gaps) => change({ ...layout, gaps: [...gaps] })} />
            <LayoutHandles ring={ring} onChange={(next) => changeRing(layout, next, change)} />
          </>
        )}
      </div>
      <div class="layout-tools">
        <label class="field">
          <span class="field-label">{t('layout.type')}</span>
          <select
            value={layout.type}
            disabled={!canChange}
            onChange={(event) => changeType(event.currentTarget.value)}
          >
            <option value="strip">{t('layout.type.strip')}</option>
            <option value="matrix">{t('layout.type.matrix')}</option>
          </select>
        </label>
        <button
          type="button"
          class="button"
          aria-pressed={isCalibrating}
          disabled={!canChange}
          onClick={toggleCalibration}
        >
          {t(isCalibrating ? 'layout.hideEdges' : 'layout.showEdges')}
        </button>
      </div>
      {layout.type === 'matrix' && (
        <MatrixFields layout={layout} ledCount={ledCount} isDisabled={!canChange} onChange={change} />
      )}
      {layout.type === 'strip' && ring && (
        <>
          <LayoutFields
            ring={ring}
            ledCount={ledCount}
            depthPercent={layout.border_depth_percent}
            isDisabled={!canChange}
            onRing={(next) => changeRing(layout, next, change)}
            onDepth={(percent) => change({ ...layout, border_depth_percent: percent })}
          />
          <GapFields
            gaps={layout.gaps}
            isDisabled={!canChange}
            onChange={(gaps) => change({ ...layout, gaps: [...gaps] })}
          />
        </>
      )}
      {layout.type === 'strip' && !ring && <p class="banner">{t('layout.custom')}</p>}
    </section>
  )
}

function changeRing(layout: StripLayout, ring: Ring, change: (layout: StripLayout) => void): void {
  const segments = toSegments(ring)
  if (segments.length > 0) change({ ...layout, segments: [...segments] })
}

function toUsualStrip(ledCount: number): StripLayout {
  return {
    type: 'strip',
    segments: [...toSegments(toUsualRing(ledCount))],
    gaps: [],
    border_depth_percent: 10,
  }
}

function countUsed(layout: Target['layout']): number {
  if (layout.type === 'matrix') return layout.columns * layout.rows
  return layout.segments.reduce((sum, { led_count: count }) => sum + count, 0)
}
