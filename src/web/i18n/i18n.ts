import { computed, signal } from '@preact/signals'
import type { ActivityEntry } from '../api/types.ts'
import { TimeFormat } from '../lib/time.ts'
import type { SourceSettingName } from '../sources/source-fields.ts'
import type { Catalogue, MessageKey } from './catalogue.ts'
import { en } from './en.ts'
import { type EntryTexts, tellEntry } from './entry-text.ts'
import { chooseLanguage, type Language, toLocale } from './languages.ts'
import { chooseForm, fillIn, type Params } from './message.ts'

const STORAGE_KEY = 'ledgrab.language'

interface Loaded {
  readonly language: Language
  readonly catalogue: Catalogue
  readonly entries: EntryTexts
}

/** Beginnings of the texts for words of the API. */
type WordGroup = 'device.type' | 'source.type' | `source.${SourceSettingName}` | 'source.part'

/** The language of the page: the one chosen here, else the browser's. English until another has been loaded. */
export class I18n {
  readonly #loaded = signal<Loaded>({ language: 'en', catalogue: en, entries: {} })
  readonly language = computed(() => this.#loaded.value.language)
  readonly time = computed(() => new TimeFormat(toLocale(this.language.value)))
  readonly #plurals = computed(() => new Intl.PluralRules(this.language.value))

  /** Loads the language to begin with. */
  async start(): Promise<void> {
    const stored = localStorage.getItem(STORAGE_KEY)
    await this.#load(chooseLanguage(stored === null ? navigator.languages : [stored]))
  }

  /** Changes the language and keeps the choice on this machine. */
  async choose(language: Language): Promise<void> {
    localStorage.setItem(STORAGE_KEY, language)
    await this.#load(language)
  }

  /** A text of the page. `n` among the parameters chooses the plural. */
  readonly t = (key: MessageKey, params: Params = {}): string => {
    const message = this.#loaded.value.catalogue[key]
    const { n } = params
    const form = chooseForm(message, Number(n ?? 0), this.#plurals.value)
    return fillIn(form, typeof n === 'number' ? { ...params, n: this.time.value.number(n) } : params)
  }

  /** A word of the API by the text it has under `prefix`; itself where the page has none: a newer server's. */
  readonly word = (prefix: WordGroup, name: string): string => {
    const key = `${prefix}.${name}`
    return Object.hasOwn(en, key) ? this.t(key as MessageKey) : name.replaceAll('_', ' ')
  }

  /** An entry of the log in this language; its English message where no other text fits it. */
  readonly tell = (entry: ActivityEntry): string => tellEntry(entry, this.#loaded.value.entries)

  async #load(language: Language): Promise<void> {
    this.#loaded.value = { language, ...(await loadTexts(language)) }
    document.documentElement.lang = toLocale(language)
  }
}

async function loadTexts(language: Language): Promise<Omit<Loaded, 'language'>> {
  switch (language) {
    case 'en':
      return { catalogue: en, entries: {} }
    case 'de': {
      const [{ de }, { deEntries }] = await Promise.all([import('./de.ts'), import('./de/entries.ts')])
      return { catalogue: de, entries: deEntries }
    }
    case 'ru': {
      const [{ ru }, { ruEntries }] = await Promise.all([import('./ru.ts'), import('./ru/entries.ts')])
      return { catalogue: ru, entries: ruEntries }
    }
    case 'zh': {
      const [{ zh }, { zhEntries }] = await Promise.all([import('./zh.ts'), import('./zh/entries.ts')])
      return { catalogue: zh, entries: zhEntries }
    }
  }
}
