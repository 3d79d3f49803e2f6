export const LANGUAGES = ['en', 'de', 'ru', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]
/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  ru: 'Русский',
  zh: '中文',
}

/** The first of the wanted languages (`de-AT`) that there is; English otherwise. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => language === tag.toLowerCase().split('-')[0])
    if (found) return found
  }
  return 'en'
}

/** English dates in a form that reads the same on both sides of the Atlantic. */
export function toLocale(language: Language): string {
  return language === 'en' ? 'en-GB' : language
}
