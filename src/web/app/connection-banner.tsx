import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'

/** A connection that comes back within this is not worth a word. */
const PATIENCE_MS = 800

/** Says that the page does not hear the server, and when it tries again. */
export function ConnectionBanner() {
  const { connection, socket, i18n } = useApp()
  const { kind } = connection.value
  const isLost = kind !== 'live'
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    if (!isLost) {
      setShown(false)
      return
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  return (
    <div role="status" class="connection">
      {isShown && (
        <p class="banner warning">
          <span class="spinner" aria-hidden="true" />
          {i18n.t('connection.retrying')}
          {kind === 'waiting' && (
            <button type="button" class="button small" onClick={() => socket.connect()}>
              {i18n.t('connection.now')}
            </button>
          )}
        </p>
      )}
    </div>
  )
}
