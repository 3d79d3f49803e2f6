import { useEffect, useRef, useState } from 'preact/hooks'
import type { ServerLogLine } from '../../protocol/server-log.ts'
import { useApp } from '../state/app-state.ts'

const SHOWN_LINES = 500

/** What the server writes on its standard error, as it writes it. */
export function ServerLogPanel() {
  const { i18n } = useApp()
  const [isOpen, setOpen] = useState(false)
  return (
    <section class="card server-log">
      <header class="card-head">
        <h2>{i18n.t('serverLog.title')}</h2>
        <button type="button" class="button small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {i18n.t(isOpen ? 'serverLog.hide' : 'serverLog.show')}
        </button>
      </header>
      {isOpen && <Lines />}
    </section>
  )
}

function Lines() {
  const app = useApp()
  const { i18n, socket } = app
  const { t, time } = i18n
  const [lines, setLines] = useState<readonly ServerLogLine[]>([])
  const end = useRef<HTMLDivElement>(null)

  useEffect(() => {
    // The first event after each subscription has all lines that are kept.
    let isFirst = true
    const stop = app.listen((event) => {
      if (event.type === 'auth_ok') isFirst = true
      if (event.type !== 'server_log') return
      const isWhole = isFirst
      isFirst = false
      setLines((before) => (isWhole ? event.lines : [...before, ...event.lines].slice(-SHOWN_LINES)))
    })
    socket.setServerLog(true)
    return () => {
      stop()
      socket.setServerLog(false)
    }
  }, [app, socket])

  // Follows the end, unless somebody reads further up.
  useEffect(() => {
    const frame = end.current
    if (frame && lines.length > 0 && frame.scrollHeight - frame.scrollTop - frame.clientHeight < 200)
      frame.scrollTop = frame.scrollHeight
  }, [lines])

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <div ref={end} class="log-lines" role="log" aria-label={t('serverLog.title')} tabIndex={0}>
      {lines.length === 0 && <p class="muted">{t('serverLog.none')}</p>}
      {lines.map((line, index) => (
        // Lines have no name of their own, and never change their place but at the front.
        <p key={`${line.ts}-${index}`} class="log-line" data-level={line.level}>
          <time dateTime={line.ts}>{time.value.clock(Date.parse(line.ts))}</time>
          <span class="log-level">{line.level}</span>
          <span class="break">
            {line.message} <span class="muted">{line.fields}</span>
          </span>
        </p>
      ))}
    </div>
  )
}
