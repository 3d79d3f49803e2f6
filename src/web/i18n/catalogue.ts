import type { en } from './en.ts'
import type { Message } from './message.ts'

/** Every text of the page has a key. */
export type MessageKey = keyof typeof en

/** The texts of one language. */
export type Catalogue = CatalogueOf<typeof en>

/** The same texts as a part of the English ones, in another language. */
export type CatalogueOf<English> = Readonly<Record<keyof English, Message>>
