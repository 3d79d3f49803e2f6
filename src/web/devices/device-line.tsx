import type { Device } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'

/** A controller on one line: is it there, since when, and how busy. */
export function DeviceLine({ device }: { readonly device: Device }) {
  const { i18n } = useApp()
  return (
    <div class="device-line">
      <span class="dot" data-state={device.health.state} />
      <span class="device-name">
        <bdi>{device.name}</bdi>
      </span>
      <span class="muted device-facts">
        {i18n.t('device.leds', { n: device.led_count })}
        <DeviceRate device={device} />
      </span>
      <HealthText device={device} />
    </div>
  )
}

/** Frames the device is sent each second, by all its targets. */
export function DeviceRate({ device }: { readonly device: Device }) {
  const { entities, i18n } = useApp()
  const running = entities.targets.value?.filter(
    ({ device_id: id, state }) => id === device.id && state === 'running',
  )
  const rates = running?.flatMap(({ id }) => entities.stats.value.get(id)?.frames_out ?? []) ?? []
  if (rates.length === 0) return null
  const rate = rates.reduce((sum, one) => sum + one, 0)
  return <> · {i18n.t('target.rate', { rate })}</>
}

export function HealthText({ device }: { readonly device: Device }) {
  const { i18n, nowMs } = useApp()
  const { state, since, signal_percent } = device.health
  const time = i18n.time.value
  const sinceMs = Date.parse(since)
  return (
    <span class="health" data-state={state} title={time.exact(sinceMs)}>
      {i18n.t(`health.${state}`)}
      {state !== 'unknown' && <span class="muted"> · {time.ago(sinceMs, nowMs.value)}</span>}
      {signal_percent !== null && (
        <span class="muted"> · {i18n.t('health.signal', { percent: signal_percent })}</span>
      )}
    </span>
  )
}
