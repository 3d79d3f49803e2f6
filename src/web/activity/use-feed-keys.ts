import { useEffect } from 'preact/hooks'

/** `j` and `k` move the focus along the entries of the timeline, from the first in view. */
export function useFeedKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'j' && event.key !== 'k') return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, select, textarea, dialog')) return
      const rows = [...document.querySelectorAll<HTMLElement>('.entry-row')].sort(
        (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
      )
      const index = rows.indexOf(document.activeElement as HTMLElement)
      const next = index < 0 ? rows.find(isInView) : rows[index + (event.key === 'j' ? 1 : -1)]
      next?.focus()
      next?.scrollIntoView({ block: 'nearest' })
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function isInView(row: HTMLElement): boolean {
  return row.getBoundingClientRect().top >= 0
}
