import type { SourceType } from '../../protocol/api-sources.ts'
import { toNumber } from '../ui/form.tsx'
import { type SourceField, sourceFieldsOf } from './source-fields.ts'

/** What was given in the form of a source, as the API takes it. What is empty is left to the server. */
export function readSourceForm(type: SourceType, values: FormData): Readonly<Record<string, unknown>> {
  const read = sourceFieldsOf(type).map(([name, field]) => [name, readField(name, field, values)] as const)
  return Object.fromEntries(read.filter(([, value]) => value !== undefined))
}

function readField(name: string, field: SourceField, values: FormData): unknown {
  switch (field.kind) {
    case 'text': {
      const text = String(values.get(name) ?? '').trim()
      return text === '' && field.isNullable ? null : text || undefined
    }
    case 'number':
      return toNumber(values.get(name))
    case 'switch':
      return values.get(name) === 'on'
    case 'choice':
    case 'color':
      return String(values.get(name))
    case 'colors':
      return readList(name, values, (path) => values.get(path))
    case 'stops':
      return readList(name, values, (path) => {
        const percent = toNumber(values.get(`${path}.at`))
        return {
          at: typeof percent === 'number' ? percent / 100 : (percent ?? ''),
          color: values.get(`${path}.color`),
        }
      })
    case 'numbers': {
      const parts = field.parts.map((part) => [part, toNumber(values.get(`${name}.${part}`))] as const)
      return parts.every(([, value]) => value === undefined)
        ? null
        : Object.fromEntries(parts.filter(([, value]) => value !== undefined))
    }
  }
}

/** The items of a list that have an input of their own. */
function readList(name: string, values: FormData, read: (path: string) => unknown): readonly unknown[] {
  const items: unknown[] = []
  for (
    let i = 0;
    [...values.keys()].some((key) => key === `${name}.${i}` || key.startsWith(`${name}.${i}.`));
    i += 1
  ) {
    items.push(read(`${name}.${i}`))
  }
  return items
}
