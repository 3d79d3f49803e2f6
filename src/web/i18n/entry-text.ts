import type { JsonObject } from '../../protocol/activity.ts'
import type { ActivityEntry } from '../api/types.ts'

/**
 * How entries read in a language, by action, or by action and entity type (`entity_created.device`) or severity.
 * Places are `{actor}`, `{name}` (the entity's) and fields of the metadata.
 */
export type EntryTexts = Readonly<Record<string, string>>

/**
 * An entry as a sentence: by its action and parameters where the language has a text and the entry all
 * the text needs, else the English message it was written with.
 */
export function tellEntry(entry: ActivityEntry, texts: EntryTexts): string {
  const { action, entity_type: type, severity } = entry
  const text = texts[`${action}.${type}`] ?? texts[`${action}.${severity}`] ?? texts[action]
  if (text === undefined) return entry.message
  let isWhole = true
  const told = text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = readParameter(entry, name)
    if (value === undefined) isWhole = false
    return value ?? ''
  })
  return isWhole ? told : entry.message
}

function readParameter(entry: ActivityEntry, name: string): string | undefined {
  if (name === 'actor') return entry.actor
  if (name === 'name') return entry.entity_name ?? undefined
  if (name === 'changed') return listChanged(entry.metadata)
  const value = Object.hasOwn(entry.metadata, name) ? entry.metadata[name] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function listChanged({ changes }: JsonObject): string | undefined {
  return typeof changes === 'object' && changes !== null ? Object.keys(changes).join(', ') : undefined
}
