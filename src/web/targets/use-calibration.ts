import { useCallback, useEffect, useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import type { Target } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'

/** It ends by itself after a minute; as long as somebody looks it is asked for again. */
const RENEW_MS = 30_000

/** Test colours on the strip itself: each edge in its own, for as long as the editor is open. */
export function useCalibration({ id, layout }: Target): readonly [isOn: boolean, toggle: () => void] {
  const { http, toasts } = useApp()
  const [isOn, setOn] = useState(false)
  const path = `/api/v1/targets/${id}/calibration`
  const layoutText = JSON.stringify(layout)
  useEffect(() => {
    if (!isOn) return
    const show = (): void => {
      http.post(path, { show: 'edges' }).catch((cause) => {
        setOn(false)
        toasts.show('error', toApiError(cause).message)
      })
    }
    show()
    const timer = setInterval(show, RENEW_MS)
    return () => clearInterval(timer)
  }, [http, toasts, path, isOn, layoutText])
  useEffect(() => {
    if (!isOn) return
    return () => void http.delete(path).catch(() => {})
  }, [http, path, isOn])
  return [isOn, useCallback(() => setOn((on) => !on), [])]
}
