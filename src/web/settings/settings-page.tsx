import { useApp } from '../state/app-state.ts'
import { PageHead } from '../ui/page-head.tsx'
import { AboutPanel } from './about-panel.tsx'
import { AppearancePanel } from './appearance-panel.tsx'
import { BackupPanel } from './backup-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { LogPanel } from './log-panel.tsx'
import { ServerLogPanel } from './server-log-panel.tsx'
import { VerifyPanel } from './verify-panel.tsx'

/** What an admin sets, and how the page looks. */
export function SettingsPage() {
  const { session, i18n } = useApp()
  const isAdmin = session.can('admin')
  return (
    <div class="page settings">
      <PageHead title={i18n.t('nav.settings')} />
      <div class="settings-grid">
        <AppearancePanel />
        <LogPanel />
        {isAdmin && <VerifyPanel />}
        {isAdmin && <KeysPanel />}
        {isAdmin && <BackupPanel />}
        <AboutPanel />
        {isAdmin && <ServerLogPanel />}
      </div>
    </div>
  )
}
