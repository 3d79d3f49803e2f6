import { SERVICE_NAME, toLabels } from './service-name.ts'

export interface Question {
  readonly type: 'PTR' | 'SRV' | 'TXT' | 'A'
  /** As on the wire; an instance name whole. */
  readonly name: string
}

/** An instance that need not answer a question for the service's PTR records (RFC 6762 §7.1). */
export interface KnownAnswer {
  readonly instance: string
  readonly remainingSeconds: number
}

export interface Query {
  readonly questions: readonly Question[]
  readonly knownAnswers: readonly KnownAnswer[]
}

const TYPE_CODES = { A: 1, PTR: 12, TXT: 16, SRV: 33 } as const
const CLASS_IN = 1
const FLAG_TRUNCATED = 0x0200
const HEADER_BYTES = 12
/** Fits an Ethernet frame with room to spare for a VPN or VLAN header. */
const MAX_PACKET_BYTES = 1_400

interface Packet {
  readonly questions: Buffer[]
  readonly answers: Buffer[]
  bytes: number
}

/**
 * A query on the wire, in as many packets as it takes; all that share one list of known answers but the
 * last carry the TC bit (RFC 6762 §7.2). Written here because `dns-packet` splits names at every dot and so
 * cannot ask for an instance name that contains one.
 */
export function encodeQuery({ questions, knownAnswers }: Query): readonly Buffer[] {
  // The list goes with the question it answers, and that goes last: nothing may come between.
  const sorted = [...questions.filter(({ type }) => type !== 'PTR'), ...questions.filter(isBrowse)]
  const packets = [newPacket()]
  for (const question of sorted) add(packets, 'questions', encodeQuestion(question))
  const listFrom = packets.length - 1
  if (questions.some(isBrowse)) {
    for (const answer of knownAnswers) add(packets, 'answers', encodeKnownAnswer(answer))
  }
  return packets
    .filter(({ bytes }) => bytes > HEADER_BYTES)
    .map((packet, index) => toBytes(packet, index >= listFrom && index < packets.length - 1))
}

function isBrowse({ type }: Question): boolean {
  return type === 'PTR'
}

function newPacket(): Packet {
  return { questions: [], answers: [], bytes: HEADER_BYTES }
}

/** Into the last packet, or one more. What cannot be said on the wire is left out. */
function add(packets: Packet[], section: 'questions' | 'answers', bytes: Buffer | undefined): void {
  let packet = packets.at(-1)
  if (bytes === undefined || packet === undefined) return
  if (packet.bytes + bytes.length > MAX_PACKET_BYTES) {
    packet = newPacket()
    packets.push(packet)
  }
  packet[section].push(bytes)
  packet.bytes += bytes.length
}

function toBytes({ questions, answers }: Packet, isTruncated: boolean): Buffer {
  const flags = isTruncated ? FLAG_TRUNCATED : 0
  const header = toUint16s(0, flags, questions.length, answers.length, 0, 0)
  return Buffer.concat([header, ...questions, ...answers])
}

function encodeQuestion({ type, name }: Question): Buffer | undefined {
  const bytes = encodeName(name)
  return bytes && Buffer.concat([bytes, toUint16s(TYPE_CODES[type], CLASS_IN)])
}

function encodeKnownAnswer({ instance, remainingSeconds }: KnownAnswer): Buffer | undefined {
  const name = encodeName(SERVICE_NAME)
  const data = encodeName(instance)
  if (name === undefined || data === undefined) return undefined
  const ttl = Buffer.alloc(4)
  ttl.writeUInt32BE(remainingSeconds)
  return Buffer.concat([name, toUint16s(TYPE_CODES.PTR, CLASS_IN), ttl, toUint16s(data.length), data])
}

function encodeName(name: string): Buffer | undefined {
  const labels = toLabels(name)
  return (
    labels && Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)])
  )
}

function toUint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2)
  })
  return bytes
}
