import { useEffect, useRef } from 'preact/hooks'
import { ActivityPage } from '../activity/activity-page.tsx'
import { DashboardPage } from '../dashboard/dashboard-page.tsx'
import { DevicesPage } from '../devices/devices-page.tsx'
import { LoginPage } from '../login/login-page.tsx'
import { SettingsPage } from '../settings/settings-page.tsx'
import { SourcesPage } from '../sources/sources-page.tsx'
import { useApp } from '../state/app-state.ts'
import { TargetPage } from '../targets/target-page.tsx'
import { TargetsPage } from '../targets/targets-page.tsx'
import { ToastList } from '../ui/toast-list.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { NAV_ITEMS, Nav } from './nav.tsx'
import { Shortcuts } from './shortcuts.tsx'

/** The frame around every page, or the question for a key. */
export function App() {
  const { session, i18n } = useApp()
  if (session.login.value !== undefined) {
    return (
      <>
        <LoginPage />
        <ToastList />
      </>
    )
  }
  return (
    <div class="shell">
      <a class="skip-link" href="#main">
        {i18n.t('app.skip')}
      </a>
      <Nav />
      <main id="main" class="main" tabIndex={-1}>
        <ConnectionBanner />
        <CurrentPage />
      </main>
      <Shortcuts />
      <ToastList />
    </div>
  )
}

function CurrentPage() {
  const { router, i18n } = useApp()
  const { path } = router.place.value
  useTitle(path)
  if (path === '/activity') return <ActivityPage />
  if (path === '/devices') return <DevicesPage />
  if (path === '/sources') return <SourcesPage />
  if (path === '/targets') return <TargetsPage />
  if (path === '/settings') return <SettingsPage />
  const targetId = /^\/targets\/([^/]+)$/.exec(path)?.[1]
  if (targetId !== undefined) return <TargetPage key={targetId} id={decodeURIComponent(targetId)} />
  if (path === '/') return <DashboardPage />
  return <p class="page empty">{i18n.t('app.notFound')}</p>
}

/** Names the page in the window, and moves a screen reader to it after a change. */
function useTitle(path: string): void {
  const { i18n } = useApp()
  const isFirst = useRef(true)
  const item = NAV_ITEMS.find(({ href }) => (href === '/' ? path === '/' : path.startsWith(href)))
  const title = item ? `${i18n.t(item.label)} · LedGrab` : 'LedGrab'
  useEffect(() => {
    document.title = title
  }, [title])
  // Only a change of the page moves the focus.
  useEffect(() => {
    if (!isFirst.current) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true })
    isFirst.current = false
  }, [path])
}
