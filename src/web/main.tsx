import { render } from 'preact'
import { App } from './app/app.tsx'
import { AppProvider, AppState } from './state/app-state.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/forms.css'
import './styles/choices.css'
import './styles/dialogs.css'
import './styles/shell.css'
import './styles/activity.css'
import './styles/lights.css'
import './styles/editor.css'
import './styles/settings.css'

async function main(root: HTMLElement): Promise<void> {
  const app = new AppState()
  await Promise.all([app.i18n.start(), app.session.start()])
  render(
    <AppProvider value={app}>
      <App />
    </AppProvider>,
    root,
  )
  app.start()
}

const root = document.getElementById('app')
if (root) void main(root)
