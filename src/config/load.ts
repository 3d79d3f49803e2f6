import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { LedGrabError, toErrorMessage } from '../errors.ts'
import { type Config, ConfigSchema, SETTING_KINDS, type SettingKind } from './schema.ts'

export interface ConfigSources {
  /** Path of a YAML file; undefined: none. */
  readonly file?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values from the command line by setting path, as `server.port`. */
  readonly flags: Readonly<Record<string, unknown>>
}

interface Layer {
  /** For people: `ledgrab.yaml`, `LEDGRAB_SERVER__PORT`, `--port`. */
  readonly nameOf: (path: string) => string
  readonly values: Readonly<Record<string, unknown>>
}

const PREFIX = 'LEDGRAB_'
/** These tell the client commands where the server is. */
const CLIENT_VARIABLES = ['LEDGRAB_URL', 'LEDGRAB_KEY']

/**
 * The configuration: defaults, overridden by the file, by the environment, by flags.
 *
 * @throws `LG_CONFIG_INVALID` with all problems at once, each with its path and where it comes from;
 *   `LG_CONFIG_UNREADABLE`
 */
export function loadConfig(sources: ConfigSources): Config {
  const problems: string[] = []
  const layers = [
    readFile(sources.file, problems),
    readEnvironment(sources.env, problems),
    readFlags(sources.flags),
  ]
  const merged: Record<string, unknown> = {}
  for (const { values } of layers) merge(merged, values)

  const parsed = ConfigSchema.safeParse(merged)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...describe(issue, layers, merged))
  }
  if (!parsed.success || problems.length > 0) {
    throw new LedGrabError(
      'LG_CONFIG_INVALID',
      `the configuration is invalid:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
  }
  return parsed.data
}

function describe(
  issue: {
    readonly code: string
    readonly path: readonly PropertyKey[]
    readonly message: string
    readonly keys?: readonly string[]
  },
  layers: readonly Layer[],
  merged: object,
): string[] {
  const path = issue.path.join('.')
  const paths =
    issue.code === 'unrecognized_keys'
      ? (issue.keys ?? []).map((key) => (path ? `${path}.${key}` : key))
      : [path]
  const message = issue.code === 'unrecognized_keys' ? 'unknown setting' : issue.message
  return paths.map((where) => {
    const layer =
      layers.findLast(
        ({ values }) => hasPath(values, where) && valueAt(values, where) === valueAt(merged, where),
      ) ?? layers.findLast(({ values }) => hasPath(values, where))
    return `${where || '(top level)'}: ${message}${layer ? ` (from ${layer.nameOf(where)})` : ''}`
  })
}

function readFile(file: string | undefined, problems: string[]): Layer {
  const nameOf = (): string => file ?? ''
  if (file === undefined) return { nameOf, values: {} }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new LedGrabError(
      'LG_CONFIG_UNREADABLE',
      `the configuration file ${file} cannot be read: ${toErrorMessage(cause)}`,
      { cause },
    )
  }
  const document = parseDocument(text)
  for (const error of document.errors) problems.push(`${file}: ${error.message.split('\n')[0]}`)
  if (document.errors.length > 0) return { nameOf, values: {} }
  try {
    const values: unknown = document.toJS() ?? {}
    if (isObject(values)) return { nameOf, values: withoutEmptySections(values) }
    problems.push(`${file}: must be a mapping of settings`)
  } catch (cause) {
    // Aliases that would unfold into far more than was written.
    problems.push(`${file}: ${toErrorMessage(cause)}`)
  }
  return { nameOf, values: {} }
}

/** A section whose lines are all commented out is null to YAML. */
function withoutEmptySections(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isSection = (key: string): boolean =>
    Object.keys(SETTING_KINDS).some((path) => path.startsWith(`${key}.`))
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !(value === null && isSection(key))),
  )
}

function readEnvironment(env: ConfigSources['env'], problems: string[]): Layer {
  const values: Record<string, unknown> = {}
  // An item of a list, `allowed_hosts.1`, came with the list.
  const nameOf = (path: string): string =>
    PREFIX +
    path
      .replace(/\.\d+$/, '')
      .toUpperCase()
      .replaceAll('.', '__')
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || CLIENT_VARIABLES.includes(name) || text === undefined) continue
    const path = name.slice(PREFIX.length).toLowerCase().replaceAll('__', '.')
    const kind = Object.hasOwn(SETTING_KINDS, path) ? SETTING_KINDS[path] : undefined
    if (kind === undefined) problems.push(`${path}: unknown setting (from ${name})`)
    else setPath(values, path, readText(text, kind))
  }
  return { nameOf, values }
}

function readFlags(flags: ConfigSources['flags']): Layer {
  const values: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(flags)) {
    if (value !== undefined) setPath(values, path, value)
  }
  return {
    nameOf: (path) => `--${path.split('.').at(-1)?.replace('_', '-').replace('level', 'log-level')}`,
    values,
  }
}

/** Text that is not of the kind stays text, for the schema to refuse with the setting's name. */
function readText(text: string, kind: SettingKind): unknown {
  switch (kind) {
    case 'integer':
      return /^\d{1,9}$/.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'list':
      return text === '' ? [] : text.split(',').map((item) => item.trim())
    case 'text':
      return text
  }
}

function merge(into: Record<string, unknown>, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    const existing = Object.hasOwn(into, key) ? into[key] : undefined
    if (!isObject(value)) {
      into[key] = value
    } else if (existing === undefined || isObject(existing)) {
      const copy = { ...existing }
      merge(copy, value)
      into[key] = copy
    }
    // Otherwise a section was given as a plain value, which the schema shall refuse.
  }
}

function setPath(values: Record<string, unknown>, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    values[head] = value
    return
  }
  const inner = isObject(values[head]) ? values[head] : {}
  values[head] = inner
  setPath(inner, rest.join('.'), value)
}

function hasPath(values: unknown, path: string): boolean {
  return valueAt(values, path) !== undefined
}

function valueAt(values: unknown, path: string): unknown {
  let current = values
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
