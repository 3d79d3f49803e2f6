import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
const STORAGE_KEY = 'ledgrab.theme'

/** Dark, light, or as the system has it; kept on this machine. */
export function createTheme() {
  const stored = localStorage.getItem(STORAGE_KEY)
  const theme = signal<Theme>(THEMES.find((name) => name === stored) ?? 'system')
  effect(() => {
    localStorage.setItem(STORAGE_KEY, theme.value)
    if (theme.value === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme.value
  })
  return theme
}
