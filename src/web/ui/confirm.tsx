import { useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from './dialog.tsx'

export interface ConfirmProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly text: string
  /** What the button says: the deed itself, not "OK". */
  readonly action: string
  readonly onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be taken back. A refusal of the server is shown in place. */
export function Confirm({ isOpen, onClose, title, text, action, onConfirm }: ConfirmProps) {
  const { i18n } = useApp()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const confirm = async (): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (cause) {
      setProblem(toApiError(cause).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <p>{text}</p>
      {problem !== undefined && (
        <p class="banner error" role="alert">
          {problem}
        </p>
      )}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {i18n.t('app.cancel')}
        </button>
        <button type="button" class="button danger" disabled={isBusy} onClick={() => void confirm()}>
          {action}
        </button>
      </footer>
    </Dialog>
  )
}
