import type { DnsName, DnsQuestion, DnsRecord, DnsResponse } from './dns-message.ts'
import { toDnsLabel } from './dns-message.ts'

/** RFC 6762 §10: records that name a host live two minutes, others 75 minutes. */
const HOST_TTL_SECONDS = 120
const OTHER_TTL_SECONDS = 4_500
/** RFC 6762 §6.7: a resolver that knows nothing of multicast must not cache for long. */
const LEGACY_TTL_SECONDS = 10
const QUESTION_TYPES: readonly DnsQuestion['type'][] = ['PTR', 'SRV', 'TXT', 'A', 'ANY']
const SERVICE: DnsName = ['_wled', '_tcp', 'local']
/** RFC 6763 §9: asked by browsers that list all services. */
const SERVICE_LIST: DnsName = ['_services', '_dns-sd', '_udp', 'local']

/** What a controller announces. */
export interface MdnsService {
  /** The instance, shown to people; may contain dots and anything else. */
  readonly name: string
  /** 12 lower-case hex digits. */
  readonly mac: string
  readonly httpPort: number
  readonly ddpPort: number
}

/** A query as `multicast-dns` hands it over: names joined with dots. */
export interface MdnsQuery {
  readonly id?: number | undefined
  readonly questions?: readonly AskedQuestion[] | undefined
  /** What the asker knows already. */
  readonly answers?: readonly KnownAnswer[] | undefined
}

interface AskedQuestion {
  readonly name: string
  readonly type: string
}

interface KnownAnswer {
  readonly name: string
  readonly type: string
  readonly ttl?: number | undefined
  readonly data?: unknown
}

/** The records of one `_wled._tcp` instance on 127.0.0.1, and who is told what. */
export class MdnsRecords {
  readonly #pointer: DnsRecord
  readonly #serviceList: DnsRecord
  readonly #service: DnsRecord
  readonly #text: DnsRecord
  readonly #address: DnsRecord

  constructor({ name, mac, httpPort, ddpPort }: MdnsService) {
    const instance = [toDnsLabel(name), ...SERVICE]
    // WLED's host name, from the second half of its MAC.
    const host = [`wled-${mac.slice(6)}`, 'local']
    const shared = { ttlSeconds: OTHER_TTL_SECONDS, isUnique: false } as const
    const ofHost = { ttlSeconds: HOST_TTL_SECONDS, isUnique: true } as const
    this.#pointer = { ...shared, type: 'PTR', name: SERVICE, target: instance }
    this.#serviceList = { ...shared, type: 'PTR', name: SERVICE_LIST, target: SERVICE }
    this.#service = { ...ofHost, type: 'SRV', name: instance, target: host, port: httpPort }
    this.#text = {
      type: 'TXT',
      name: instance,
      ttlSeconds: OTHER_TTL_SECONDS,
      isUnique: true,
      texts: [`mac=${mac}`, `ddp=${ddpPort}`],
    }
    this.#address = { ...ofHost, type: 'A', name: host, address: '127.0.0.1' }
  }

  /** Unasked, when it comes up (RFC 6762 §8.3). */
  toAnnouncement(): DnsResponse {
    const answers = [this.#pointer, this.#service, this.#text, this.#address]
    return { id: 0, questions: [], answers, additionals: [] }
  }

  /** When it leaves: every record with TTL 0 (RFC 6762 §10.1). */
  toGoodbye(): DnsResponse {
    const { answers, ...rest } = this.toAnnouncement()
    return { ...rest, answers: answers.map((record) => ({ ...record, ttlSeconds: 0 })) }
  }

  /** The multicast answer to `query`; undefined when there is nothing to say, or nothing new. */
  answer(query: MdnsQuery): DnsResponse | undefined {
    const answers = this.#match(query).records.filter((record) => !isKnown(record, query.answers ?? []))
    return answers.length === 0 ? undefined : this.#toResponse(0, [], answers)
  }

  /** The unicast answer to a resolver that does not ask from port 5353 (RFC 6762 §6.7). */
  answerLegacy(query: MdnsQuery): DnsResponse | undefined {
    const { records, questions } = this.#match(query)
    if (records.length === 0) return undefined
    const { answers, additionals, ...rest } = this.#toResponse(query.id ?? 0, questions, records)
    return { ...rest, answers: answers.map(toLegacy), additionals: additionals.map(toLegacy) }
  }

  #match(query: MdnsQuery): { readonly records: readonly DnsRecord[]; readonly questions: DnsQuestion[] } {
    const records = new Set<DnsRecord>()
    const questions: DnsQuestion[] = []
    const all = [this.#pointer, this.#serviceList, this.#service, this.#text, this.#address]
    for (const question of query.questions ?? []) {
      const type = toQuestionType(question.type)
      if (type === undefined) continue
      const matching = all.filter(
        (record) => isSameName(record.name, question.name) && (type === 'ANY' || type === record.type),
      )
      for (const record of matching) records.add(record)
      if (matching[0]) questions.push({ name: matching[0].name, type })
    }
    return { records: [...records], questions }
  }

  /** RFC 6763 §12: what the asker will want next goes along. */
  #toResponse(id: number, questions: readonly DnsQuestion[], answers: readonly DnsRecord[]): DnsResponse {
    const wanted = answers.includes(this.#pointer)
      ? [this.#service, this.#text, this.#address]
      : answers.includes(this.#service)
        ? [this.#address]
        : []
    return { id, questions, answers, additionals: wanted.filter((record) => !answers.includes(record)) }
  }
}

function toLegacy(record: DnsRecord): DnsRecord {
  return { ...record, isUnique: false, ttlSeconds: Math.min(record.ttlSeconds, LEGACY_TTL_SECONDS) }
}

/** RFC 6762 §7.1: an answer the asker holds with at least half of its life left is not repeated. */
function isKnown(record: DnsRecord, known: readonly KnownAnswer[]): boolean {
  if (record.type !== 'PTR') return false
  return known.some(
    ({ name, type, ttl, data }) =>
      type === 'PTR' &&
      isSameName(record.name, name) &&
      typeof data === 'string' &&
      isSameName(record.target, data) &&
      (ttl ?? 0) * 2 >= record.ttlSeconds,
  )
}

/** RFC 6762 §16: names compare without regard to the case of ASCII letters. */
function isSameName(name: DnsName, joined: string): boolean {
  return toLowerAscii(name.join('.')) === toLowerAscii(joined)
}

function toLowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function toQuestionType(type: string): DnsQuestion['type'] | undefined {
  return QUESTION_TYPES.find((candidate) => candidate === type)
}
