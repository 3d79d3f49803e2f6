import { THEMES, type Theme } from '../lib/theme.ts'
import { useApp } from '../state/app-state.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

const ICONS: Readonly<Record<Theme, IconName>> = { system: 'auto', light: 'sun', dark: 'moon' }

/** Dark, light or the system's. `name` tells one switch of a page from another. */
export function ThemeSwitch({ name: group = 'theme' }: { readonly name?: string }) {
  const { theme, i18n } = useApp()
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{i18n.t('theme.label')}</legend>
      {THEMES.map((name) => (
        <label key={name} title={i18n.t(`theme.${name}`)}>
          <input
            type="radio"
            name={group}
            checked={theme.value === name}
            onChange={() => {
              theme.value = name
            }}
          />
          <Icon name={ICONS[name]} />
          <span class="visually-hidden">{i18n.t(`theme.${name}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}
