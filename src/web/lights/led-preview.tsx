import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Target } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { countLeds, type LedPlaces, toLedPlaces } from './led-places.ts'

export interface LedPreviewProps {
  readonly target: Target
}

/** Room around the picture for the light, as a part of the canvas. */
export const PREVIEW_MARGIN = 0.13

/**
 * A dark screen with the target's light around it, as the strip shows it now. Two canvases: the light on
 * the wall, blurred, and the LEDs themselves.
 */
export function LedPreview({ target }: LedPreviewProps) {
  const { previews, i18n } = useApp()
  const glow = useRef<HTMLCanvasElement>(null)
  const dots = useRef<HTMLCanvasElement>(null)
  const isRunning = target.state === 'running'
  const layoutText = JSON.stringify(target.layout)
  // The text says whether the layout has changed.
  const places = useMemo(() => toLedPlaces(target.layout, countLeds(target.layout)), [layoutText])

  useEffect(() => {
    const draw = (rgb: Uint8Array | undefined): void => {
      if (glow.current) drawGlow(glow.current, places, rgb)
      if (dots.current) drawDots(dots.current, places, target.layout, rgb)
    }
    draw(undefined)
    if (!isRunning) return
    let frame = 0
    let latest: Uint8Array | undefined
    const stop = previews.watch(target.id, (rgb) => {
      latest = rgb
      if (frame !== 0) return
      frame = requestAnimationFrame(() => {
        frame = 0
        draw(latest)
      })
    })
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [previews, target.id, places, isRunning])

  return (
    <div
      class="preview"
      data-running={isRunning}
      data-layout={target.layout.type}
      role="img"
      aria-label={i18n.t('preview.label', { name: target.name })}
    >
      <canvas ref={glow} class="preview-glow" width={160} height={100} />
      <div class="preview-screen" />
      <canvas ref={dots} class="preview-dots" width={640} height={400} />
    </div>
  )
}

function drawGlow(canvas: HTMLCanvasElement, places: LedPlaces, rgb: Uint8Array | undefined): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  if (!rgb) return
  const size = width * 0.1
  forEachLed(places, rgb, (x, y, colour) => {
    context.fillStyle = colour
    context.fillRect(toX(x, width) - size / 2, toX(y, height) - size / 2, size, size)
  })
}

function drawDots(
  canvas: HTMLCanvasElement,
  places: LedPlaces,
  layout: Target['layout'],
  rgb: Uint8Array | undefined,
): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  const radius = toRadius(layout, places.length / 2, canvas)
  forEachLed(places, rgb, (x, y, colour) => {
    context.fillStyle = colour
    context.beginPath()
    context.arc(toX(x, width), toX(y, height), radius, 0, 2 * Math.PI)
    context.fill()
    if (!rgb) return
    // An LED is whiter in its middle than the light it throws.
    context.fillStyle = 'rgb(255 255 255 / 0.38)'
    context.beginPath()
    context.arc(toX(x, width), toX(y, height), radius * 0.55, 0, 2 * Math.PI)
    context.fill()
  })
}

/** As large as the LEDs have room beside each other. */
function toRadius(layout: Target['layout'], count: number, { width, height }: HTMLCanvasElement): number {
  if (layout.type === 'strip') return Math.max(2, Math.min(7, (width * 2.2) / Math.max(count, 1) / 2.6))
  const part = 1 - 2 * PREVIEW_MARGIN
  return Math.max(2, Math.min(14, 0.3 * part * Math.min(width / layout.columns, height / layout.rows)))
}

/** Without colours every LED is a faint dot: this is where they are. */
function forEachLed(
  places: LedPlaces,
  rgb: Uint8Array | undefined,
  draw: (x: number, y: number, colour: string) => void,
): void {
  for (let led = 0; led < places.length / 2; led += 1) {
    const x = places[led * 2] ?? Number.NaN
    const y = places[led * 2 + 1] ?? Number.NaN
    if (Number.isNaN(x)) continue
    const [r = 0, g = 0, b = 0] = rgb?.subarray(led * 3, led * 3 + 3) ?? []
    draw(x, y, rgb ? `rgb(${r} ${g} ${b})` : 'rgb(128 128 140 / 0.45)')
  }
}

function toX(part: number, size: number): number {
  return size * (PREVIEW_MARGIN + part * (1 - 2 * PREVIEW_MARGIN))
}
