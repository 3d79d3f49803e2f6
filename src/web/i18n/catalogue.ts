import type { en } from './en.ts'
import type { Message } from './message.ts'

/** Every text of the page has a key. */
export type MessageKey = keyof typeof en

/** The texts of one language. */
export type Catalogue = Readonly<Record<MessageKey, Message>>
