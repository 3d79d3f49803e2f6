import { ThemeSwitch } from '../app/theme-switch.tsx'
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../i18n/languages.ts'
import { useApp } from '../state/app-state.ts'

export function AppearancePanel() {
  const { i18n } = useApp()
  const { t } = i18n
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('settings.appearance')}</h2>
      </header>
      <label class="field">
        <span class="field-label">{t('settings.language')}</span>
        <select
          value={i18n.language.value}
          onChange={(event) => void i18n.choose(event.currentTarget.value as Language)}
        >
          {LANGUAGES.map((language) => (
            <option key={language} value={language} lang={language}>
              {LANGUAGE_NAMES[language]}
            </option>
          ))}
        </select>
      </label>
      <div class="field">
        <span class="field-label">{t('theme.label')}</span>
        <ThemeSwitch name="theme-setting" />
      </div>
    </section>
  )
}
