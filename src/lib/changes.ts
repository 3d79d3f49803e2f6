type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

type Group = { readonly [key: string]: Plain }

type Changes = Readonly<Record<string, { readonly from: Plain; readonly to: Plain }>>

/** Longer values are in an entry's metadata only. */
const MAX_TOLD_CHARACTERS = 60

/**
 * The fields in which two versions of a thing differ, with the old and the new value; of a group of
 * settings only those that differ.
 */
export function listChanges<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Record<string, { readonly from: Plain; readonly to: Plain }> {
  const changes: Record<string, { from: Plain; to: Plain }> = {}
  for (const field of fields) {
    const from = toPlain(before[field])
    const to = toPlain(after[field])
    if (JSON.stringify(from) === JSON.stringify(to)) continue
    changes[field] = isGroup(from) && isGroup(to) ? narrow(from, to) : { from, to }
  }
  return changes
}

function narrow(from: Group, to: Group): { readonly from: Plain; readonly to: Plain } {
  const differing = (of: Group, other: Group): Plain =>
    Object.fromEntries(
      Object.entries(of).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(other[key])),
    )
  return { from: differing(from, to), to: differing(to, from) }
}

function toPlain(value: unknown): Plain {
  return value === undefined ? null : (value as Plain)
}

/**
 * Changes for people: `brightness from 1 to 0.5, layout`. A group of settings is told by what differs in
 * it; lists, and what is long, by name alone.
 */
export function tellChanges(changes: Changes): string {
  return Object.entries(changes)
    .flatMap(([field, { from, to }]) =>
      isGroup(from) && isGroup(to)
        ? Object.entries(listChanges(from, to, Object.keys({ ...from, ...to }))).map(tellChange)
        : [tellChange([field, { from, to }])],
    )
    .join(', ')
}

function tellChange([field, { from, to }]: [string, Changes[string]]): string {
  const name = field.replaceAll('_', ' ')
  const [before, after] = [tellValue(from), tellValue(to)]
  return before === undefined || after === undefined ? name : `${name} from ${before} to ${after}`
}

/** Undefined when it is nothing for a sentence. */
function tellValue(value: Plain): string | undefined {
  if (value === null) return 'none'
  if (typeof value === 'object') return undefined
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return text.length > MAX_TOLD_CHARACTERS ? undefined : text
}

function isGroup(value: Plain): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A patch without its undefined fields, which a spread would write over what is there. */
export function definedOf<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const defined = Object.entries(patch).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [K in keyof T]: Exclude<T[K], undefined> }
}
