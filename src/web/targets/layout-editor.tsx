import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Device, Target } from '../api/types.ts'
import { LatestSender } from '../lib/latest.ts'
import { LedPreview, PREVIEW_MARGIN } from '../lights/led-preview.tsx'
import { useApp } from '../state/app-state.ts'
import { LayoutFields } from './layout-fields.tsx'
import { LayoutHandles } from './layout-handles.tsx'
import { fromSegments, type Ring, toSegments } from './ring.ts'

/** While a corner is dragged, the strip follows this often. */
const STORE_MS = 150

export interface LayoutEditorProps {
  readonly target: Target
  readonly device: Device | undefined
}

/**
 * The strip around a picture of the screen. Corners and the first LED are dragged, or set in numbers; the
 * light follows at once, in the preview and on the wall.
 */
export function LayoutEditor({ target, device }: LayoutEditorProps) {
  const { http, session, toasts, i18n } = useApp()
  const { t } = i18n
  const [draft, setDraft] = useState<Target['layout']>()
  const layout = draft ?? target.layout
  const stored = JSON.stringify(target.layout)
  const ring = useMemo(() => (layout.type === 'strip' ? fromSegments(layout.segments) : undefined), [layout])
  const sender = useRef<LatestSender<Target['layout']> | null>(null)
  sender.current ??= new LatestSender(async (next) => {
    await http
      .put(`/api/v1/targets/${target.id}`, { layout: next })
      .catch((cause: Error) => toasts.show('error', cause.message))
  }, STORE_MS)

  useEffect(() => {
    void sender.current?.settle().then(() => setDraft(undefined))
  }, [stored])

  const change = (next: Target['layout']): void => {
    setDraft(next)
    sender.current?.push(next)
  }
  const changeRing = (next: Ring): void => {
    const segments = toSegments(next)
    if (layout.type === 'strip' && segments.length > 0) change({ ...layout, segments: [...segments] })
  }
  const canChange = session.can('operator')
  const ledCount = device?.led_count ?? 0

  return (
    <section class="card layout-editor">
      <header class="card-head">
        <h2>{t('layout.title')}</h2>
        <p class="muted">{t('layout.used', { n: countUsed(layout), of: ledCount })}</p>
      </header>
      <div class="layout-stage" style={{ '--margin': `${PREVIEW_MARGIN * 100}%` }}>
        <LedPreview target={{ ...target, layout }} />
        {ring && canChange && <LayoutHandles ring={ring} onChange={changeRing} />}
      </div>
      {ring && layout.type === 'strip' ? (
        <LayoutFields
          ring={ring}
          ledCount={ledCount}
          depthPercent={layout.border_depth_percent}
          isDisabled={!canChange}
          onRing={changeRing}
          onDepth={(percent) => change({ ...layout, border_depth_percent: percent })}
        />
      ) : (
        <p class="banner">{t('layout.custom')}</p>
      )}
    </section>
  )
}

function countUsed(layout: Target['layout']): number {
  if (layout.type === 'matrix') return layout.columns * layout.rows
  return layout.segments.reduce((sum, { led_count: count }) => sum + count, 0)
}
