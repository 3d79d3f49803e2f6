import { useCallback, useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import { useApp } from '../state/app-state.ts'

/** Runs something a button does: one at a time, and tells when it failed. */
export function useAction(work: () => Promise<unknown>): readonly [run: () => void, isBusy: boolean] {
  const { toasts } = useApp()
  const [isBusy, setBusy] = useState(false)
  const run = useCallback(() => {
    setBusy(true)
    work()
      .catch((cause) => toasts.show('error', toApiError(cause).message))
      .finally(() => setBusy(false))
  }, [work, toasts])
  return [run, isBusy]
}
