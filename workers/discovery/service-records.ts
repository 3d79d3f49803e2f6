import { isIPv4 } from 'node:net'
import { parseMac } from '../../src/protocol/mac.ts'
import { isServiceName, toInstanceLabel } from './service-name.ts'

/** More in one packet is no controller: a real one announces four. */
const MAX_RECORDS = 200
const MAX_TEXTS = 32
const TYPES = ['PTR', 'SRV', 'TXT', 'A'] as const

/** A record that may concern a WLED. Names are as on the wire, unbounded in nothing but DNS's own limits. */
export type ServiceRecord = {
  /** 0 is a goodbye (RFC 6762 §10.1). */
  readonly ttlSeconds: number
  /** The cache-flush bit (RFC 6762 §10.2). */
  readonly isFlush: boolean
} & (
  | { readonly type: 'PTR'; readonly instance: string }
  | { readonly type: 'SRV'; readonly instance: string; readonly host: string; readonly port: number }
  | {
      readonly type: 'TXT'
      readonly instance: string
      readonly mac: string | null
      readonly ddpPort: number | null
    }
  | { readonly type: 'A'; readonly host: string; readonly address: string }
)

export interface ParsedRecords {
  /** PTR first, A last: each names what the next ones are about. */
  readonly records: readonly ServiceRecord[]
  /** How many were about WLED and could not be read, or were too many. */
  readonly ignored: number
}

/** Reads a response as `multicast-dns` decodes it. Nothing about its shape is taken for granted. */
export function parseRecords(packet: unknown): ParsedRecords {
  const { answers, additionals, opcode, rcode } = toFields(packet)
  // RFC 6762 §18.3, §18.11: others are silently ignored.
  if (opcode !== undefined && opcode !== 'QUERY') return { records: [], ignored: 0 }
  if (rcode !== undefined && rcode !== 'NOERROR') return { records: [], ignored: 0 }
  const raw = [...toList(answers), ...toList(additionals)]
  const records: ServiceRecord[] = []
  let ignored = Math.max(0, raw.length - MAX_RECORDS)
  for (const item of raw.slice(0, MAX_RECORDS)) {
    const record = parseRecord(toFields(item))
    if (record === 'malformed') ignored += 1
    else if (record !== undefined) records.push(record)
  }
  records.sort((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type))
  return { records, ignored }
}

/** Undefined for the rest of the network's traffic. */
function parseRecord(fields: Fields): ServiceRecord | 'malformed' | undefined {
  const { name, type, class: recordClass } = fields
  if (typeof name !== 'string' || (recordClass !== undefined && recordClass !== 'IN')) return undefined
  switch (type) {
    case 'PTR':
      return isServiceName(name) ? parsePointer(fields) : undefined
    case 'SRV':
      return toInstanceLabel(name) === undefined ? undefined : parseService(fields, name)
    case 'TXT':
      return toInstanceLabel(name) === undefined ? undefined : parseText(fields, name)
    case 'A':
      return parseAddress(fields, name)
    default:
      return undefined
  }
}

function parsePointer(fields: Fields): ServiceRecord | 'malformed' {
  const life = parseLife(fields)
  const { data } = fields
  if (life === undefined || typeof data !== 'string' || toInstanceLabel(data) === undefined)
    return 'malformed'
  return { ...life, type: 'PTR', instance: data }
}

function parseService(fields: Fields, instance: string): ServiceRecord | 'malformed' {
  const life = parseLife(fields)
  const { port, target } = toFields(fields.data)
  // A target `.` says that there is no such service (RFC 2782).
  if (life === undefined || !isPort(port) || typeof target !== 'string' || target === '.') return 'malformed'
  return { ...life, type: 'SRV', instance, host: target, port }
}

function parseText(fields: Fields, instance: string): ServiceRecord | 'malformed' {
  const life = parseLife(fields)
  if (life === undefined) return 'malformed'
  const texts = toList(fields.data).slice(0, MAX_TEXTS).filter(Buffer.isBuffer).map(String)
  const mac = findText(texts, 'mac')
  const ddpPort = Number(/^\d{1,5}$/.exec(findText(texts, 'ddp') ?? '')?.[0])
  return {
    ...life,
    type: 'TXT',
    instance,
    mac: (mac === undefined ? undefined : parseMac(mac)) ?? null,
    ddpPort: isPort(ddpPort) ? ddpPort : null,
  }
}

function parseAddress(fields: Fields, host: string): ServiceRecord | undefined {
  const life = parseLife(fields)
  const { data } = fields
  // Whose it is cannot be told here, so a bad one is not counted as ours.
  if (life === undefined || typeof data !== 'string' || !isIPv4(data)) return undefined
  return { ...life, type: 'A', host, address: data }
}

function parseLife({ ttl, flush }: Fields): Pick<ServiceRecord, 'ttlSeconds' | 'isFlush'> | undefined {
  if (typeof ttl !== 'number' || !Number.isInteger(ttl) || ttl < 0) return undefined
  return { ttlSeconds: ttl, isFlush: flush === true }
}

/** RFC 6763 §6.4: keys compare without regard to case, and the first of several counts. */
function findText(texts: readonly string[], key: string): string | undefined {
  const found = texts.find((text) => text.slice(0, key.length + 1).toLowerCase() === `${key}=`)
  return found?.slice(key.length + 1)
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
}

type Fields = Readonly<Record<string, unknown>>

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
