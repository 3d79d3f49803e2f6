import { useApp } from '../state/app-state.ts'
import { Icon } from './icon.tsx'

export function ToastList() {
  const { toasts, i18n } = useApp()
  return (
    <div class="toasts" aria-live="polite">
      {toasts.shown.value.map(({ id, kind, text }) => (
        <p key={id} class={`toast ${kind}`}>
          <Icon name={kind === 'error' ? 'error' : 'check'} />
          <span>{text}</span>
          <button
            type="button"
            class="button icon-only quiet"
            aria-label={i18n.t('app.close')}
            onClick={() => toasts.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  )
}
