import { useEffect, useState } from 'preact/hooks'
import type { MessageKey } from '../i18n/catalogue.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { NAV_ITEMS } from './nav.tsx'

/** How long `g` waits for its second key. */
const CHORD_MS = 1_500

const MORE: readonly (readonly [keys: string, label: MessageKey])[] = [
  ['/', 'keys.search'],
  ['j', 'keys.next'],
  ['k', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['Esc', 'keys.close'],
  ['?', 'keys.help'],
]

/** What works with the keyboard everywhere, and the list of it. */
export function Shortcuts() {
  const { router, i18n } = useApp()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    let chordEndMs = 0
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return
      const item = NAV_ITEMS.find(({ shortcut }) => shortcut === event.key)
      if (item && event.timeStamp < chordEndMs) {
        chordEndMs = 0
        event.preventDefault()
        router.go(item.href)
      } else if (event.key === 'g') {
        chordEndMs = event.timeStamp + CHORD_MS
      } else if (event.key === '?') {
        setOpen(true)
      } else if (event.key === '/') {
        event.preventDefault()
        focusSearch(router.go.bind(router))
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [router])
  return (
    <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={i18n.t('keys.title')}>
      <dl class="shortcuts">
        {NAV_ITEMS.map(({ href, label, shortcut }) => (
          <div key={href}>
            <dt>
              <kbd>g</kbd> <kbd>{shortcut}</kbd>
            </dt>
            <dd>{i18n.t(label)}</dd>
          </div>
        ))}
        {MORE.map(([keys, label]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{i18n.t(label)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select') !==
      null
  )
}

/** The search of the log, which is on its own page. */
function focusSearch(go: (address: string) => void): void {
  const find = (): HTMLElement | null => document.querySelector('#log-search')
  if (!find()) go('/activity')
  requestAnimationFrame(() => find()?.focus())
}
