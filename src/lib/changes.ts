type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

/** The fields in which two versions of a thing differ, with the old and the new value. */
export function listChanges<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Record<string, { readonly from: Plain; readonly to: Plain }> {
  const changes: Record<string, { from: Plain; to: Plain }> = {}
  for (const field of fields) {
    const from = toPlain(before[field])
    const to = toPlain(after[field])
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[field] = { from, to }
  }
  return changes
}

function toPlain(value: unknown): Plain {
  return value === undefined ? null : (value as Plain)
}

/** A patch without its undefined fields, which a spread would write over what is there. */
export function definedOf<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const defined = Object.entries(patch).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [K in keyof T]: Exclude<T[K], undefined> }
}
