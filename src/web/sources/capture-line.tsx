import type { Source } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'

/** Whether a source gives pictures, since when, and why not. */
export function CaptureLine({ source }: { readonly source: Source }) {
  const { i18n, nowMs } = useApp()
  const { state, since, reason } = source.capture
  const time = i18n.time.value
  const sinceMs = since === null ? undefined : Date.parse(since)
  return (
    <p
      class="state-line capture-line"
      data-state={state}
      title={sinceMs === undefined ? undefined : time.exact(sinceMs)}
    >
      <span class="dot" />
      <span>
        {i18n.t(`source.state.${state}`)}
        {sinceMs !== undefined && <span class="muted"> · {time.ago(sinceMs, nowMs.value)}</span>}
        {reason !== null && <bdi class="capture-reason">{reason}</bdi>}
      </span>
    </p>
  )
}

/** Why a light that is on may be dark: its source gives nothing. */
export function CaptureTrouble({ source }: { readonly source: Source | undefined }) {
  const state = source?.capture.state
  return source && (state === 'failed' || state === 'ended') ? <CaptureLine source={source} /> : null
}
