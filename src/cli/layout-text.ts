import type { Layout } from '../protocol/api-targets.ts'

/** A layout in a few words, as `left 0-17, top 18-49`; an edge that runs against the clock counts down. */
export function toLayoutText(layout: Layout): string {
  if (layout.type === 'matrix') {
    const { columns, rows, first_led, runs, serpentine, led_start } = layout
    const way = serpentine ? 'to and fro' : 'always the same way'
    const leds = toRange(led_start, columns * rows, false)
    return `matrix of ${columns} x ${rows}, LEDs ${leds} from the ${first_led.replace('_', ' ')} along ${runs}, ${way}`
  }
  const { segments, gaps, border_depth_percent } = layout
  return [
    ...segments.map(
      ({ edge, led_start, led_count, reverse }) => `${edge} ${toRange(led_start, led_count, reverse)}`,
    ),
    ...gaps.map(({ edge, start_percent, end_percent }) => `gap ${edge} ${start_percent}-${end_percent} %`),
    `${border_depth_percent} % deep`,
  ].join(', ')
}

function toRange(start: number, count: number, isReverse: boolean): string {
  const last = start + count - 1
  if (count === 1) return String(start)
  return isReverse ? `${last}-${start}` : `${start}-${last}`
}
