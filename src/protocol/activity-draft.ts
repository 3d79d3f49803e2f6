import type { Action, ActivityDetails, Category, JsonValue, Severity } from './activity.ts'
import { ACTIONS, CATEGORIES, isAction, SEVERITIES } from './activity.ts'
import { boundText, neutralizeText } from './text.ts'

export const MAX_MESSAGE_LENGTH = 1_000
export const MAX_NAME_LENGTH = 200
export const MAX_METADATA_BYTES = 8 * 1024
const MAX_DEPTH = 6
const MAX_NODES = 1_000
/** More than a worker of ours ever posts; parsing more would hold up the main thread. */
const MAX_PARSED_METADATA_LENGTH = 64 * 1024

/**
 * A record on its way to the writer: bounded, neutralised, plain. `seq`, `id` and `hash` are the
 * writer's to give.
 */
export interface ActivityDraft {
  readonly tsMs: number
  readonly category: Category
  readonly action: string
  readonly severity: Severity
  readonly actor: string
  readonly message: string
  readonly entityType: string | null
  readonly entityId: string | null
  readonly entityName: string | null
  /** JSON text of an object, at most 8 KiB of UTF-8. */
  readonly metadata: string
}

/** What a worker may say. It cannot name an actor: the main thread does. */
export type WorkerDraft = Omit<ActivityDraft, 'actor'>

export interface DraftContext {
  readonly tsMs: number
  readonly actor: string
  /** Where the request came from, if one caused this; added to the metadata under `request`. */
  readonly origin?: { readonly [key: string]: JsonValue } | undefined
}

/**
 * Makes a draft of what a caller said, within all bounds of the entry.
 *
 * @throws TypeError when the caller got round the types: such a record would fail in the database
 *   for ever and hold up all behind it.
 */
export function toDraft(
  category: Category,
  action: Action,
  details: ActivityDetails,
  context: DraftContext,
): ActivityDraft {
  const { entity } = details
  if (!isAction(action)) throw new TypeError('unknown action')
  return {
    tsMs: context.tsMs,
    category: requireOneOf(CATEGORIES, category),
    action,
    severity: requireOneOf(SEVERITIES, details.severity ?? ACTIONS[action].severity),
    actor: requireText(details.actor ?? context.actor, MAX_NAME_LENGTH),
    message: requireText(details.message, MAX_MESSAGE_LENGTH),
    entityType: entity ? requireText(entity.type, MAX_NAME_LENGTH) : null,
    entityId: entity ? requireText(entity.id, MAX_NAME_LENGTH) : null,
    entityName: entity ? requireText(entity.name, MAX_NAME_LENGTH) : null,
    metadata: toMetadataText(details.metadata, context.origin && { request: context.origin }),
  }
}

/** What can be read of a record that `toDraft` refused, marked `_malformed`. Never throws. */
export function toMalformedDraft(
  category: unknown,
  action: unknown,
  details: unknown,
  tsMs: number,
): WorkerDraft {
  const { message, severity, entity, metadata } = readFields(details)
  const { type, id, name } = readFields(entity)
  const usual = isAction(action) ? ACTIONS[action].severity : undefined
  const fields = { tsMs, category, action, message, entityType: type, entityId: id, entityName: name }
  return parseWorkerDraft(
    { ...fields, severity: severity ?? usual, metadata: tryMetadataText(metadata) },
    tsMs,
  )
}

function requireText(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return boundText(value, maxLength)
}

function requireOneOf<T extends string>(allowed: readonly T[], value: unknown): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new TypeError('not an allowed value')
  return found
}

/**
 * Reads what came over a port as far as it can be read. A worker is our code, but a bug in it must
 * cost at most the field that is wrong: such a draft is kept and marked `_malformed`. Never throws.
 */
export function parseWorkerDraft(raw: unknown, nowMs: number): WorkerDraft {
  const fields = readFields(raw)
  const malformed: string[] = typeof raw === 'object' && raw !== null ? [] : ['record']
  const text = (name: string, maxLength: number): string | null => {
    const value = fields[name]
    if (typeof value === 'string') return boundText(value, maxLength)
    if (value !== null && value !== undefined) malformed.push(name)
    return null
  }
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const found = allowed.find((candidate) => candidate === fields[name])
    if (found === undefined) malformed.push(name)
    return found ?? fallback
  }

  const message = text('message', MAX_MESSAGE_LENGTH)
  if (message === null && !malformed.includes('message')) malformed.push('message')
  const action = text('action', MAX_NAME_LENGTH)
  if (!malformed.includes('action') && !isAction(action)) malformed.push('action')
  const tsMs = fields.tsMs
  const hasTime = typeof tsMs === 'number' && Number.isSafeInteger(tsMs) && Math.abs(tsMs) <= 8.64e15
  if (!hasTime) malformed.push('tsMs')
  const category = oneOf('category', CATEGORIES, 'system')
  const severity = oneOf('severity', SEVERITIES, 'warning')
  const entityType = text('entityType', MAX_NAME_LENGTH)
  const entityId = text('entityId', MAX_NAME_LENGTH)
  const entityName = text('entityName', MAX_NAME_LENGTH)
  let metadata = parseMetadataText(fields.metadata)
  if (metadata === undefined) malformed.push('metadata')
  if (malformed.length > 0) {
    metadata = toMetadataText({ ...(JSON.parse(metadata ?? '{}') as object), _malformed: malformed })
  }
  return {
    tsMs: hasTime ? tsMs : nowMs,
    category,
    action: action ?? 'unknown',
    severity,
    message: message ?? 'A worker sent a record that could not be read.',
    entityType,
    entityId,
    entityName,
    metadata: metadata ?? '{}',
  }
}

/**
 * `metadata`, with `extra` over it, as JSON text of at most 8 KiB. What is too much goes, the
 * largest values first, and `_truncated` says so.
 */
export function toMetadataText(metadata: object | undefined, extra?: object): string {
  if (metadata === undefined && extra === undefined) return '{}'
  const budget: Budget = { nodes: MAX_NODES, isCut: false }
  const isReadable = metadata === undefined || isRecord(metadata)
  const whole = isReadable ? metadata : { _malformed: ['metadata'], metadata }
  const safe = toJsonValue(extra ? { ...whole, ...extra } : whole, 0, budget) as Record<string, JsonValue>
  const text = JSON.stringify(safe)
  // A UTF-16 unit is at most three bytes of UTF-8: the common case needs no count.
  if (!budget.isCut && (text.length * 3 <= MAX_METADATA_BYTES || utf8Bytes(text) <= MAX_METADATA_BYTES))
    return text

  const sizes = Object.entries(safe).map(([key, value]) => ({
    key,
    bytes: utf8Bytes(JSON.stringify(key)) + utf8Bytes(JSON.stringify(value)) + 2,
  }))
  sizes.sort((a, b) => b.bytes - a.bytes)
  let total = sizes.reduce((sum, { bytes }) => sum + bytes, '{"_truncated":true}'.length)
  for (const { key, bytes } of sizes) {
    if (total <= MAX_METADATA_BYTES) break
    delete safe[key]
    total -= bytes
  }
  return JSON.stringify({ ...safe, _truncated: true })
}

function parseMetadataText(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw.length > MAX_PARSED_METADATA_LENGTH) return undefined
  if (raw === '{}') return raw
  try {
    const value: unknown = JSON.parse(raw)
    return isRecord(value) ? toMetadataText(value) : undefined
  } catch {
    return undefined
  }
}

function tryMetadataText(metadata: unknown): string | undefined {
  try {
    return toMetadataText(metadata as object | undefined)
  } catch {
    return undefined
  }
}

/** An object that JSON shows as one: no array, no date, no error, no bytes. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Date || value instanceof Error || ArrayBuffer.isView(value))
}

/** The fields of anything; none where reading them throws. */
function readFields(value: unknown): Record<string, unknown> {
  try {
    return typeof value === 'object' ? { ...value } : {}
  } catch {
    return {}
  }
}

function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    // Each half of a surrogate pair is two of the four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}

interface Budget {
  /** Values left, containers counted. */
  nodes: number
  /** Something was left out or shortened. */
  isCut: boolean
}

/** A copy that JSON can hold: strings neutralised, depth and size bounded, odd values named. */
function toJsonValue(value: unknown, depth: number, budget: Budget): JsonValue {
  budget.nodes -= 1
  if (budget.nodes <= 0) return cut(budget)
  switch (typeof value) {
    case 'string':
      return toJsonText(value, budget)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return toJsonText(value.toString(), budget)
    case 'object':
      return value === null ? null : toJsonContainer(value, depth, budget)
    default:
      return `[${typeof value}]`
  }
}

function toJsonText(text: string, budget: Budget): string {
  if (text.length <= MAX_METADATA_BYTES) return neutralizeText(text)
  budget.isCut = true
  return boundText(text, MAX_METADATA_BYTES)
}

function cut(budget: Budget): string {
  budget.isCut = true
  return '…'
}

function toJsonContainer(value: object, depth: number, budget: Budget): JsonValue {
  if (depth >= MAX_DEPTH) return cut(budget)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (value instanceof Error) return toJsonText(String(value.message), budget)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) {
    const items: JsonValue[] = []
    for (const item of value) {
      if (budget.nodes <= 0) break
      items.push(toJsonValue(item, depth + 1, budget))
    }
    return items
  }
  const copy: Record<string, JsonValue> = {}
  for (const key of Object.keys(value)) {
    if (budget.nodes <= 0) break
    const item = (value as Record<string, unknown>)[key]
    if (item === undefined) continue
    // `__proto__` as a plain assignment would set the prototype and vanish.
    const name = key === '__proto__' ? '[__proto__]' : boundText(key, MAX_NAME_LENGTH)
    copy[name] = toJsonValue(item, depth + 1, budget)
  }
  return copy
}
