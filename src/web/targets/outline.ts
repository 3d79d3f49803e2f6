import type { RingEdge } from './ring.ts'

/** A spot on the outline of the picture: an edge, and how far along it clockwise, 0-1. */
export interface Spot {
  readonly edge: RingEdge
  readonly part: number
}

/** Where the pointer is on the picture, 0-1 each. */
export function toShare(event: PointerEvent, frame: HTMLElement): { readonly x: number; readonly y: number } {
  const box = frame.getBoundingClientRect()
  return {
    x: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)),
    y: Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)),
  }
}

/** The spot of the outline that is nearest to the pointer. */
export function toSpot(event: PointerEvent, frame: HTMLElement): Spot {
  const box = frame.getBoundingClientRect()
  const { x, y } = toShare(event, frame)
  const distances: readonly (readonly [number, RingEdge])[] = [
    [x * box.width, 'left'],
    [y * box.height, 'top'],
    [(1 - x) * box.width, 'right'],
    [(1 - y) * box.height, 'bottom'],
  ]
  const [, edge] = distances.reduce((best, one) => (one[0] < best[0] ? one : best))
  return { edge, part: toPartOf(edge, x, y) }
}

/** How far along an edge a point of the picture is, wherever it is. */
export function toPartOf(edge: RingEdge, x: number, y: number): number {
  switch (edge) {
    case 'left':
      return 1 - y
    case 'top':
      return x
    case 'right':
      return y
    case 'bottom':
      return 1 - x
  }
}

export function toXY({ edge, part }: Spot): { readonly x: number; readonly y: number } {
  switch (edge) {
    case 'left':
      return { x: 0, y: 1 - part }
    case 'top':
      return { x: part, y: 0 }
    case 'right':
      return { x: 1, y: part }
    case 'bottom':
      return { x: 1 - part, y: 1 }
  }
}

/** What an arrow key moves: one step on, one back, or nothing. */
export function toStep(key: string): number {
  if (key === 'ArrowRight' || key === 'ArrowUp') return 1
  return key === 'ArrowLeft' || key === 'ArrowDown' ? -1 : 0
}
