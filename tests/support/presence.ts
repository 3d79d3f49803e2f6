import type { LossReason } from '../../src/protocol/worker-messages.ts'
import type { Query } from '../../workers/discovery/dns-query.ts'
import { Presence, type PresenceEvent } from '../../workers/discovery/presence.ts'

export const HOST_TTL = 120
export const OTHER_TTL = 4_500
const SERVICE = '_wled._tcp.local'

/** A controller's records as `multicast-dns` decodes them. */
export interface Described {
  readonly name?: string
  readonly host?: string
  readonly port?: number
  readonly texts?: readonly string[]
  readonly addresses?: readonly string[]
  /** For all records; default: 120 s for SRV and A, 75 min for the others (RFC 6762 §10). */
  readonly ttl?: number
}

export interface RawRecord {
  readonly name: string
  readonly type: string
  readonly class: string
  readonly ttl: number
  readonly flush: boolean
  readonly data: unknown
}

export function toPointer({ name = 'Desk', ttl = OTHER_TTL }: Described = {}): RawRecord {
  return { name: SERVICE, type: 'PTR', class: 'IN', ttl, flush: false, data: `${name}.${SERVICE}` }
}

export function toService({
  name = 'Desk',
  host = 'desk.local',
  port = 80,
  ttl = HOST_TTL,
}: Described = {}): RawRecord {
  const data = { priority: 0, weight: 0, port, target: host }
  return { name: `${name}.${SERVICE}`, type: 'SRV', class: 'IN', ttl, flush: true, data }
}

export function toText({
  name = 'Desk',
  texts = ['mac=aabbccddeeff'],
  ttl = OTHER_TTL,
}: Described = {}): RawRecord {
  const data = texts.map((text) => Buffer.from(text))
  return { name: `${name}.${SERVICE}`, type: 'TXT', class: 'IN', ttl, flush: true, data }
}

export function toAddresses(described: Described = {}): RawRecord[] {
  const { host = 'desk.local', addresses = ['192.168.1.20'], ttl = HOST_TTL } = described
  return addresses.map((data) => ({ name: host, type: 'A', class: 'IN', ttl, flush: true, data }))
}

export function toAnnouncement(described: Described = {}): RawRecord[] {
  return [toPointer(described), toService(described), toText(described), ...toAddresses(described)]
}

/** The state machine with a clock of its own, run as its owner runs it. */
export function setupPresence(knownMacs: readonly string[] = [], random = 0) {
  let nowMs = 0
  const events: PresenceEvent[] = []
  const told: string[] = []
  const queries: { readonly atMs: number; readonly query: Query }[] = []
  const ignored: Record<string, number> = {}
  const presence = new Presence({
    nowMs: () => nowMs,
    random: () => random,
    knownMacs,
    onIgnored: (what, count) => {
      ignored[what] = (ignored[what] ?? 0) + count
    },
  })

  const advance = (): void => {
    const step = presence.advance()
    if (step.query) queries.push({ atMs: nowMs, query: step.query })
    events.push(...step.events)
    told.push(...step.events.map((event) => `${nowMs} ${describe(event)}`))
  }
  /** Lets `ms` pass, doing what is due when it is due. */
  const pass = (ms: number): void => {
    const endMs = nowMs + ms
    for (let dueMs = presence.nextMs; dueMs <= endMs; dueMs = presence.nextMs) {
      nowMs = Math.max(nowMs, dueMs)
      advance()
      if (presence.nextMs <= nowMs)
        throw new Error(`something due at ${presence.nextMs} was not done at ${nowMs}`)
    }
    nowMs = endMs
  }
  return {
    presence,
    events,
    /** `0 found Desk 192.168.1.20` …: when, what, who, where or why. */
    told,
    queries,
    ignored,
    pass,
    now: () => nowMs,
    /** The machine sleeps: time passes and nothing is done. */
    sleep: (ms: number) => {
      nowMs += ms
    },
    hear: (answers: readonly unknown[], sender = '192.168.1.20') => {
      presence.take({ type: 'response', opcode: 'QUERY', rcode: 'NOERROR', answers, additionals: [] }, sender)
      pass(0)
    },
    /** `1000 PTR _wled._tcp.local` …, of one type or all. */
    asked: (type = '') =>
      queries.flatMap(({ atMs, query }) =>
        query.questions
          .filter((question) => question.type.startsWith(type))
          .map((question) => `${atMs} ${question.type} ${question.name}`),
      ),
  }
}

function describe(event: PresenceEvent): string {
  const { name, address } = event.controller
  const detail: string | LossReason = event.kind === 'lost' ? event.reason : address
  return `${event.kind} ${name} ${detail}`
}
