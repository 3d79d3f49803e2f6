import { DeviceLine } from '../devices/device-line.tsx'
import { FoundControllers } from '../devices/found-controllers.tsx'
import { TargetCard } from '../lights/target-card.tsx'
import { SceneBar } from '../scenes/scene-bar.tsx'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { LatestEntries } from './latest-entries.tsx'

/** More than these would push the lights off the screen. */
const FOUND_SHOWN = 3

/** Everything at a glance: the light, the controllers, what happened last. */
export function DashboardPage() {
  const { entities, i18n } = useApp()
  const { t } = i18n
  const targets = entities.targets.value
  const devices = entities.devices.value
  const running = targets?.filter(({ state }) => state === 'running').length ?? 0
  const online = devices?.filter(({ health }) => health.state === 'online').length ?? 0
  return (
    <div class="page dashboard">
      <div class="page-head">
        <div>
          <h1>{t('nav.dashboard')}</h1>
          <p class="lead">
            {targets && devices
              ? `${t('dashboard.running', { n: running })} · ${t('dashboard.online', { n: online, of: devices.length })}`
              : ' '}
          </p>
        </div>
      </div>
      <FoundControllers most={FOUND_SHOWN} />
      {targets?.length === 0 && devices?.length === 0 && <Welcome />}
      <SceneBar />
      <div class="dashboard-columns">
        <section class="targets-grid" aria-label={t('nav.targets')}>
          {targets?.map((target) => (
            <TargetCard key={target.id} target={target} />
          ))}
        </section>
        {devices && devices.length > 0 && (
          <section class="card">
            <header class="card-head">
              <h2>{t('nav.devices')}</h2>
              <a href="/devices">{t('dashboard.all')}</a>
            </header>
            <ul class="lines">
              {devices.map((device) => (
                <li key={device.id}>
                  <DeviceLine device={device} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <LatestEntries />
      </div>
    </div>
  )
}

/** For who has nothing yet. */
function Welcome() {
  const { t } = useApp().i18n
  return (
    <section class="card welcome">
      <h2>{t('welcome.title')}</h2>
      <p>{t('welcome.text')}</p>
      <p class="muted">
        {t('welcome.demo')} <code>npm start -- --demo</code>
      </p>
      <a class="button primary" href="/devices">
        <Icon name="plus" />
        {t('device.add')}
      </a>
    </section>
  )
}
