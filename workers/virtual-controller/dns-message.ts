/** A domain name as its labels, without the root. A dot inside a label is part of it. */
export type DnsName = readonly string[]

/** The records of DNS-SD (RFC 6763) over IPv4. */
export type DnsRecord = {
  readonly name: DnsName
  readonly ttlSeconds: number
  /** Unique records carry the cache-flush bit (RFC 6762 §10.2). */
  readonly isUnique: boolean
} & (
  | { readonly type: 'PTR'; readonly target: DnsName }
  | { readonly type: 'SRV'; readonly target: DnsName; readonly port: number }
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | { readonly type: 'A'; readonly address: string }
)

export type DnsRecordType = DnsRecord['type']

export interface DnsQuestion {
  readonly name: DnsName
  readonly type: DnsRecordType | 'ANY'
}

export interface DnsResponse {
  /** 0 in multicast; that of the query in a unicast answer to a legacy resolver. */
  readonly id: number
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

const TYPE_CODES = { A: 1, PTR: 12, TXT: 16, SRV: 33, ANY: 255 } as const
const CLASS_IN = 1
const CACHE_FLUSH = 0x8000
/** QR and AA (RFC 6762 §18.2, §18.4). */
const FLAGS_AUTHORITATIVE_RESPONSE = 0x8400
const MAX_LABEL_BYTES = 63

/**
 * A response on the wire, uncompressed. Written here because `dns-packet` splits names at every dot and
 * so cannot say an instance name that contains one.
 */
export function encodeDnsResponse(response: DnsResponse): Buffer {
  const { id, questions, answers, additionals } = response
  const counts = [questions.length, answers.length, 0, additionals.length]
  return Buffer.concat([
    toUint16s(id, FLAGS_AUTHORITATIVE_RESPONSE, ...counts),
    ...questions.map(({ name, type }) =>
      Buffer.concat([toName(name), toUint16s(TYPE_CODES[type], CLASS_IN)]),
    ),
    ...[...answers, ...additionals].map(toRecord),
  ])
}

/** `text` as one label: at most 63 bytes of UTF-8, never cut inside a character. */
export function toDnsLabel(text: string): string {
  let label = ''
  for (const character of text) {
    if (Buffer.byteLength(label + character) > MAX_LABEL_BYTES) break
    label += character
  }
  return label
}

function toRecord(record: DnsRecord): Buffer {
  const data = toRecordData(record)
  const dnsClass = record.isUnique ? CLASS_IN | CACHE_FLUSH : CLASS_IN
  const ttl = Buffer.alloc(4)
  ttl.writeUInt32BE(record.ttlSeconds)
  const head = toUint16s(TYPE_CODES[record.type], dnsClass)
  return Buffer.concat([toName(record.name), head, ttl, toUint16s(data.length), data])
}

function toRecordData(record: DnsRecord): Buffer {
  switch (record.type) {
    case 'PTR':
      return toName(record.target)
    case 'SRV':
      // Priority and weight say nothing where there is one target.
      return Buffer.concat([toUint16s(0, 0, record.port), toName(record.target)])
    case 'TXT':
      return Buffer.concat(record.texts.map(toCharacterString))
    case 'A':
      return Buffer.from(record.address.split('.').map(Number))
  }
}

function toName(labels: DnsName): Buffer {
  return Buffer.concat([...labels.map(toCharacterString), Buffer.of(0)])
}

function toCharacterString(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function toUint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2)
  })
  return bytes
}
