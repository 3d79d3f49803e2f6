import type { MessageKey } from '../i18n/catalogue.ts'
import { useApp } from '../state/app-state.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Logo } from '../ui/logo.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

interface NavItem {
  readonly href: string
  readonly label: MessageKey
  readonly icon: IconName
  /** After `g`. */
  readonly shortcut: string
}

export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/', label: 'nav.dashboard', icon: 'home', shortcut: 'h' },
  { href: '/activity', label: 'nav.activity', icon: 'activity', shortcut: 'a' },
  { href: '/devices', label: 'nav.devices', icon: 'device', shortcut: 'd' },
  { href: '/sources', label: 'nav.sources', icon: 'source', shortcut: 's' },
  { href: '/targets', label: 'nav.targets', icon: 'light', shortcut: 't' },
  { href: '/settings', label: 'nav.settings', icon: 'settings', shortcut: 'e' },
]

export function Nav() {
  const { router, session, i18n, connection } = useApp()
  const { path } = router.place.value
  const identity = session.identity.value
  return (
    <header class="nav">
      <a class="nav-brand" href="/" aria-label="LedGrab">
        <Logo />
        <span>LedGrab</span>
      </a>
      <nav aria-label={i18n.t('nav.label')}>
        <ul>
          {NAV_ITEMS.map(({ href, label, icon }) => {
            const isHere = href === '/' ? path === '/' : path.startsWith(href)
            return (
              <li key={href}>
                <a href={href} class="nav-link" aria-current={isHere ? 'page' : undefined}>
                  <Icon name={icon} />
                  <span>{i18n.t(label)}</span>
                </a>
              </li>
            )
          })}
        </ul>
      </nav>
      <div class="nav-foot">
        <p class="nav-state" data-state={connection.value.kind}>
          <span class="dot" />
          {i18n.t(connection.value.kind === 'live' ? 'connection.live' : 'connection.lost')}
        </p>
        <ThemeSwitch />
        {identity && session.token !== undefined && (
          <button type="button" class="button quiet" onClick={() => session.logOut()}>
            <Icon name="logout" />
            <span class="clip">{i18n.t('session.logOut', { actor: identity.actor })}</span>
          </button>
        )}
      </div>
    </header>
  )
}
