import { z } from 'zod'

/** What a setting may be, as far as the command line has to know. */
type JsonSchema = z.core.JSONSchema.BaseSchema

/** How a setting of the API is written on the command line: its values, from text and to text. */
export interface SettingText {
  /** Goes on from the setting's name: `0-1`, `on|off`, `red,green,blue`. */
  readonly values: string
  readonly description: string
  /** Undefined for a text that is no value of the setting. */
  readonly parse: (text: string) => unknown
}

/** Takes from the schema of the API what the command line says and accepts, so that the two cannot differ. */
export function toSettingText(schema: z.ZodType): SettingText {
  const json = z.toJSONSchema(schema)
  return {
    values: toValues(json),
    description: json.description ?? '',
    parse: (text) => {
      const value = parseAs(json, text)
      return value !== undefined && schema.safeParse(value).success ? value : undefined
    },
  }
}

/** A value as `parse` takes it. */
export function formatSetting(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'object' && value !== null) return Object.values(value).map(formatSetting).join(',')
  return String(value)
}

function toValues(json: JsonSchema): string {
  if (json.anyOf) return json.anyOf.map(toValues).join('|')
  if (json.enum) return json.enum.join('|')
  if (json.properties) return Object.keys(json.properties).join(',')
  if (json.type === 'boolean') return 'on|off'
  return json.type === 'null' ? 'null' : `${json.minimum}-${json.maximum}`
}

function parseAs(json: JsonSchema, text: string): unknown {
  if (json.anyOf) return json.anyOf.map((one) => parseAs(one, text)).find((value) => value !== undefined)
  if (json.properties) return parseParts(json.properties, text)
  switch (json.type) {
    case 'boolean':
      return text === 'on' ? true : text === 'off' ? false : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'number':
    case 'integer':
      return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined
    default:
      return text
  }
}

function parseParts(properties: NonNullable<JsonSchema['properties']>, text: string): unknown {
  const keys = Object.entries(properties)
  const parts = text.split(',')
  if (parts.length !== keys.length) return undefined
  return Object.fromEntries(
    keys.map(([key, json], i) => [key, typeof json === 'object' ? parseAs(json, parts[i] ?? '') : undefined]),
  )
}
