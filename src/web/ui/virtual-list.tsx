import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'

const OVERSCAN_PX = 400

export interface VirtualListProps<Row extends { readonly key: string }> {
  readonly rows: readonly Row[]
  /** Height of a row in px; rows of a kind are of one height. */
  readonly heightOf: (row: Row) => number
  readonly render: (row: Row) => ComponentChildren
  readonly label: string
  /** Told after each scrolling and each change: whether the first row is in view, and px left below. */
  readonly onView: (isAtTop: boolean, leftPx: number) => void
}

/** A long list of which only what is in view is in the document. Scrolls with the page's `#main`. */
export function VirtualList<Row extends { readonly key: string }>(props: VirtualListProps<Row>) {
  const { rows, heightOf, render, label, onView } = props
  const list = useRef<HTMLUListElement>(null)
  const [view, setView] = useState({ top: 0, height: 1_200 })
  const tops = useMemo(() => toTops(rows, heightOf), [rows, heightOf])
  const totalPx = tops[rows.length] ?? 0

  useLayoutEffect(() => {
    const scroller = document.querySelector('#main')
    if (!scroller) return
    const look = (): void => {
      const { top: listTop = 0 } = list.current?.getBoundingClientRect() ?? {}
      const frame = scroller.getBoundingClientRect()
      const top = frame.top - listTop
      setView((before) =>
        Math.abs(before.top - top) < 1 && before.height === frame.height
          ? before
          : { top, height: frame.height },
      )
      onView(scroller.scrollTop < 24, totalPx - top - frame.height)
    }
    look()
    scroller.addEventListener('scroll', look, { passive: true })
    const resized = new ResizeObserver(look)
    resized.observe(scroller)
    return () => {
      scroller.removeEventListener('scroll', look)
      resized.disconnect()
    }
  }, [onView, totalPx])

  const first = findRow(tops, view.top - OVERSCAN_PX)
  const shown: ComponentChildren[] = []
  for (let index = first; index < rows.length; index += 1) {
    const top = tops[index] ?? 0
    if (top > view.top + view.height + OVERSCAN_PX) break
    const row = rows[index]
    if (!row) break
    shown.push(
      <li
        key={row.key}
        class="virtual-row"
        aria-setsize={rows.length}
        aria-posinset={index + 1}
        style={{ transform: `translateY(${top}px)`, height: `${heightOf(row)}px` }}
      >
        {render(row)}
      </li>,
    )
  }
  return (
    <ul ref={list} class="virtual-list" aria-label={label} style={{ height: `${totalPx}px` }}>
      {shown}
    </ul>
  )
}

/** Where each row begins, in px; one more for the end. */
function toTops<Row>(rows: readonly Row[], heightOf: (row: Row) => number): Float64Array {
  const tops = new Float64Array(rows.length + 1)
  for (const [index, row] of rows.entries()) tops[index + 1] = (tops[index] ?? 0) + heightOf(row)
  return tops
}

/** The last row that begins at or above `px`. */
function findRow(tops: Float64Array, px: number): number {
  let low = 0
  let high = tops.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tops[middle] ?? 0) <= px) low = middle
    else high = middle - 1
  }
  return low
}
