import { useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import { useApp } from '../state/app-state.ts'
import { Logo } from '../ui/logo.tsx'

/** Asks for an API key and says what became of the last one. */
export function LoginPage() {
  const { session, i18n } = useApp()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const { t } = i18n
  const reason = session.login.value ?? 'needed'

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    setProblem(undefined)
    try {
      await session.logIn(String(form.get('key') ?? '').trim(), form.get('remember') === 'on')
    } catch (cause) {
      const { status, message } = toApiError(cause)
      setProblem(status === 401 ? t('login.refused') : status === 429 ? t('login.limited') : message)
    } finally {
      setBusy(false)
    }
  }

  return (
    <main class="login">
      <form class="card login-card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>{t('login.title')}</h1>
        <p class="muted">{t(`login.reason.${reason}`)}</p>
        <label class="field">
          <span class="field-label">{t('login.key')}</span>
          <input
            name="key"
            type="password"
            autocomplete="current-password"
            required
            spellcheck={false}
            aria-invalid={problem !== undefined}
            aria-describedby="login-problem"
          />
        </label>
        <p id="login-problem" class="field-problem" role="alert">
          {problem}
        </p>
        <label class="check">
          <input type="checkbox" name="remember" />
          <span>{t('login.remember')}</span>
        </label>
        <button type="submit" class="button primary" disabled={isBusy}>
          {t('login.submit')}
        </button>
        <p class="muted small-text">
          {t('login.hint')} <code>ledgrab keys create</code>
        </p>
      </form>
    </main>
  )
}
