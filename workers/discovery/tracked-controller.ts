import { boundText } from '../../src/protocol/text.ts'
import type { FoundController, LossReason } from '../../src/protocol/worker-messages.ts'
import { AddressSet } from './address-set.ts'
import type { Question } from './dns-query.ts'
import { Lease } from './lease.ts'
import { MissingRecords } from './missing-records.ts'
import { SERVICE_NAME, toInstanceLabel, toLowerAscii } from './service-name.ts'
import type { ServiceRecord } from './service-records.ts'

const MAX_KEY_LENGTH = 300
const MAX_NAME_LENGTH = 200
/** Every service must have a TXT record (RFC 6763 §6.1); one that was asked for it this often has none. */
const TEXT_QUESTIONS = 3
/** A changed place is reported when it lasted: SRV, TXT and A of one change come one by one. */
const SETTLE_MS = 1_000
/** How long a controller that took back its address may take to tell another (RFC 6762 §10.4 allows 10 s). */
const NEW_ADDRESS_MS = 10_000

/** Identity of an instance; neutralised, because it is shown and stored. */
export function toControllerKey(fullName: string): string {
  return boundText(toLowerAscii(fullName), MAX_KEY_LENGTH)
}

/** What one service instance has told, and what was last reported of it. Times are ms of one clock. */
export class TrackedController {
  readonly key: string
  readonly #fullName: string
  readonly #missing = new MissingRecords()
  readonly #addresses = new AddressSet()
  #heardMs: number
  #reported: FoundController | undefined
  #pointer: Lease | undefined
  #service: { readonly lease: Lease; readonly host: string; readonly port: number } | undefined
  #text: { readonly lease: Lease; readonly mac: string | null; readonly ddpPort: number | null } | undefined
  #changedMs = Number.POSITIVE_INFINITY
  #homelessMs = Number.POSITIVE_INFINITY

  constructor(fullName: string, nowMs: number) {
    this.key = toControllerKey(fullName)
    this.#fullName = fullName
    this.#heardMs = nowMs
  }

  /** As reported last; undefined until it was found. */
  get reported(): FoundController | undefined {
    return this.#reported
  }

  /** The host its SRV record names, lower case. */
  get host(): string | undefined {
    return this.#service?.host
  }

  get mac(): string | null {
    return this.#text?.mac ?? this.#reported?.mac ?? null
  }

  /** Its PTR record, to be told as known to others. */
  get pointer(): Lease | undefined {
    return this.#pointer
  }

  get fullName(): string {
    return this.#fullName
  }

  silentMs(nowMs: number): number {
    return nowMs - this.#heardMs
  }

  /** Takes a record about this instance or its host; false when there is no room for it. */
  take(record: ServiceRecord, sender: string, nowMs: number, random: number): boolean {
    if (record.ttlSeconds === 0) {
      this.#dismiss(record, nowMs)
      return true
    }
    this.#heardMs = nowMs
    const lease = new Lease(record.ttlSeconds, nowMs, random)
    switch (record.type) {
      case 'PTR':
        this.#pointer = lease
        return true
      case 'SRV':
        this.#takeService(lease, toLowerAscii(record.host), record.port, nowMs)
        return true
      case 'TXT':
        this.#text = { lease, mac: record.mac, ddpPort: record.ddpPort }
        return true
      case 'A':
        if (record.isFlush) this.#addresses.flushAllBut(record.address, nowMs)
        this.#homelessMs = Number.POSITIVE_INFINITY
        return this.#addresses.put(record.address, lease, record.address === sender)
    }
  }

  /** Forgets what has ended. Says so when that was the controller itself. */
  expire(nowMs: number): LossReason | undefined {
    if (this.#pointer && this.#pointer.endMs <= nowMs) return this.#pointer.endReason
    if (this.#service && this.#service.lease.endMs <= nowMs) return this.#service.lease.endReason
    // What it said stays true until it says otherwise; it is only asked for again.
    if (this.#text && this.#text.lease.endMs <= nowMs) this.#text = undefined
    if (this.#addresses.dropEnded(nowMs)) {
      if (this.#addresses.endReason === 'silence') return 'silence'
      this.#homelessMs = nowMs + NEW_ADDRESS_MS
    }
    if (this.#homelessMs <= nowMs) return this.#addresses.endReason
    return this.#holdsNothing ? 'silence' : undefined
  }

  /** Where it is, as far as that may be reported now; undefined while something is missing. */
  locate(nowMs: number): FoundController | undefined {
    this.#missing.update(this.#listMissing(), nowMs)
    const address = this.#addresses.choose(this.#reported?.address)
    const isTextKnown = this.#text !== undefined || this.#reported !== undefined || this.#hasNoText
    if (this.#service === undefined || address === undefined || !isTextKnown) return undefined
    return {
      key: this.key,
      name: boundText(toInstanceLabel(this.#fullName) ?? this.#fullName, MAX_NAME_LENGTH),
      address,
      port: this.#service.port,
      mac: this.mac,
      ddp_port: this.#text ? this.#text.ddpPort : (this.#reported?.ddp_port ?? null),
    }
  }

  /** True when `location` differs from what was reported, and has for long enough. */
  hasMoved(location: FoundController, nowMs: number): boolean {
    if (this.#reported === undefined || isSamePlace(location, this.#reported)) {
      this.#changedMs = Number.POSITIVE_INFINITY
      return false
    }
    this.#changedMs = Math.min(this.#changedMs, nowMs)
    return nowMs >= this.#changedMs + SETTLE_MS
  }

  /** Remembers what was reported of it; undefined: that it is gone. */
  markReported(controller: FoundController | undefined): void {
    this.#reported = controller
    this.#changedMs = Number.POSITIVE_INFINITY
  }

  /** The questions that are due, which count as asked. */
  takeQuestions(nowMs: number): readonly Question[] {
    const due: Question[] = []
    const refresh = (lease: Lease | undefined, question: Question): void => {
      if (lease === undefined || lease.askMs > nowMs) return
      lease.asked(nowMs)
      due.push(question)
    }
    refresh(this.#pointer, { type: 'PTR', name: SERVICE_NAME })
    refresh(this.#service?.lease, { type: 'SRV', name: this.#fullName })
    refresh(this.#text?.lease, { type: 'TXT', name: this.#fullName })
    for (const lease of this.#addresses.leases) refresh(lease, { type: 'A', name: this.#service?.host ?? '' })
    if (this.#missing.nextMs <= nowMs) {
      this.#missing.markAsked(nowMs)
      for (const type of this.#listMissing()) {
        due.push({ type, name: type === 'A' ? (this.#service?.host ?? '') : this.#fullName })
      }
    }
    return due
  }

  /** When something of this is due next, a report that is overdue aside. */
  nextMs(nowMs: number): number {
    const settledMs = this.#changedMs + SETTLE_MS
    return Math.min(
      ...this.#leases().flatMap((lease) => [lease.askMs, lease.endMs]),
      this.#missing.nextMs,
      settledMs > nowMs ? settledMs : Number.POSITIVE_INFINITY,
      this.#homelessMs,
    )
  }

  #takeService(lease: Lease, host: string, port: number, nowMs: number): void {
    if (this.#service && this.#service.host !== host) {
      // The addresses were those of the other host.
      this.#addresses.clear()
      this.#homelessMs = nowMs + NEW_ADDRESS_MS
    }
    this.#service = { lease, host, port }
  }

  #dismiss(record: ServiceRecord, nowMs: number): void {
    switch (record.type) {
      case 'PTR':
        this.#pointer?.dismiss(nowMs, 'goodbye')
        return
      case 'SRV':
        this.#service?.lease.dismiss(nowMs, 'goodbye')
        return
      case 'TXT':
        this.#text?.lease.dismiss(nowMs, 'goodbye')
        return
      case 'A':
        this.#addresses.dismiss(record.address, nowMs)
    }
  }

  get #hasNoText(): boolean {
    return this.#missing.asked > TEXT_QUESTIONS && this.#listMissing().join() === 'TXT'
  }

  get #holdsNothing(): boolean {
    return this.#leases().length === 0
  }

  #leases(): readonly Lease[] {
    const own = [this.#pointer, this.#service?.lease, this.#text?.lease]
    return [...own.filter((lease) => lease !== undefined), ...this.#addresses.leases]
  }

  #listMissing(): readonly ('SRV' | 'TXT' | 'A')[] {
    const missing: ('SRV' | 'TXT' | 'A')[] = []
    if (this.#service === undefined) missing.push('SRV')
    if (this.#text === undefined) missing.push('TXT')
    if (this.#service !== undefined && this.#addresses.isEmpty) missing.push('A')
    return missing
  }
}

function isSamePlace(a: FoundController, b: FoundController): boolean {
  return a.address === b.address && a.port === b.port && a.ddp_port === b.ddp_port
}
