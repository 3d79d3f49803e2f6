import type { ActivityEntry } from './activity.ts'

type Searched = Pick<ActivityEntry, 'message' | 'action' | 'entity_name' | 'actor'>

/**
 * Whether the `q` of the log's query finds an entry: the same rules as the repository's, for whoever
 * filters live entries. A test holds both against each other.
 */
export function createSearch(q: string): (entry: Searched) => boolean {
  const finds = createFinder(q)
  return ({ message, action, entity_name: name, actor }) =>
    finds(message) || finds(action) || finds(actor) || (name !== null && finds(name))
}

/** ASCII letters are compared as SQLite's LIKE does, others by Unicode's lower case. */
function createFinder(q: string): (text: string) => boolean {
  // Without the flag `u` no letter outside ASCII equals one inside (ECMA-262 §22.2.2.7.3).
  const asciiParts = new RegExp(
    q
      .split(/[^\0-\x7f]+/)
      .map(escapeRegExp)
      .join('[^]*'),
    'i',
  )
  if (/^[\0-\x7f]*$/.test(q)) return (text) => asciiParts.test(text)
  const lowered = q.toLowerCase()
  return (text) => asciiParts.test(text) && text.toLowerCase().includes(lowered)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
