import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'

interface Health {
  readonly status: 'healthy' | 'degraded'
  readonly reason?: string
  readonly version: string
  readonly uptime_seconds: number
}

/** Which LedGrab this is, how it feels, and who is looking. */
export function AboutPanel() {
  const { http, session, i18n } = useApp()
  const { t } = i18n
  const [health, setHealth] = useState<Health>()
  useEffect(() => {
    http
      .get<Health>('/health')
      .then(setHealth)
      .catch(() => {})
  }, [http])
  const identity = session.identity.value
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('about.title')}</h2>
      </header>
      {health?.reason !== undefined && <p class="banner error">{health.reason}</p>}
      <dl class="facts compact">
        <dt>LedGrab</dt>
        <dd>{health?.version}</dd>
        <dt>{t('about.uptime')}</dt>
        <dd>{health && toUptime(health.uptime_seconds, i18n.language.value)}</dd>
        <dt>{t('about.you')}</dt>
        <dd>
          <bdi>{identity?.actor}</bdi> {identity && <span class="tag">{t(`role.${identity.role}`)}</span>}
        </dd>
        <dt>API</dt>
        <dd>
          <a href="/api/openapi.json">/api/openapi.json</a>
        </dd>
      </dl>
    </section>
  )
}

/** The largest unit that fits, whole: `3 hours`. */
function toUptime(seconds: number, language: string): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(Math.floor(seconds / size))
}
