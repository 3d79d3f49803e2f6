import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'
import { Icon } from './icon.tsx'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ComponentChildren
}

/** A question over the page, the browser's own: it keeps the focus inside and closes with Escape. */
export function Dialog({ isOpen, onClose, title, children }: DialogProps) {
  const { i18n } = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal()
    if (!isOpen) dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={onClose}>
      {isOpen && (
        <>
          <header class="dialog-head">
            <h2 id={titleId}>{title}</h2>
            <button
              type="button"
              class="button icon-only quiet"
              onClick={onClose}
              aria-label={i18n.t('app.close')}
            >
              <Icon name="close" />
            </button>
          </header>
          {children}
        </>
      )}
    </dialog>
  )
}
