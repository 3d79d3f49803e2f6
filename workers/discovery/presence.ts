import { TokenBucket } from '../../src/lib/token-bucket.ts'
import type { FoundController, LossReason } from '../../src/protocol/worker-messages.ts'
import { BrowseSchedule } from './browse-schedule.ts'
import type { KnownAnswer, Query, Question } from './dns-query.ts'
import { isControllerAddress } from './local-address.ts'
import { SERVICE_NAME, toLowerAscii } from './service-name.ts'
import { parseRecords, type ServiceRecord } from './service-records.ts'
import { TrackedController, toControllerKey } from './tracked-controller.ts'

export const MAX_CONTROLLERS = 256
/** Room for a large network found at once; after that a liar on the network fills the log slowly. */
const REPORTS = { capacity: 300, refillMs: 10_000 }

export type PresenceEvent =
  | { readonly kind: 'found'; readonly controller: FoundController }
  | { readonly kind: 'moved'; readonly controller: FoundController; readonly previous: FoundController }
  | {
      readonly kind: 'lost'
      readonly controller: FoundController
      readonly reason: LossReason
      /** How long nothing had been heard of it. */
      readonly silentMs: number
    }

export interface PresenceOptions {
  /** Monotonic. */
  readonly nowMs: () => number
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number
  /** MACs of our devices, 12 lower-case hex digits. */
  readonly knownMacs: Iterable<string>
  /** Hears of what was heard and not acted upon. */
  readonly onIgnored: (what: string, count: number) => void
}

export interface PresenceStep {
  readonly events: readonly PresenceEvent[]
  /** To be asked now. */
  readonly query: Query | undefined
}

/**
 * Which controllers are there, from the packets that are heard: a querier's cache as RFC 6762 has it.
 * It has no sockets and no timers; whoever owns it calls `advance` when `nextMs` has come.
 */
export class Presence {
  readonly #options: PresenceOptions
  readonly #controllers = new Map<string, TrackedController>()
  readonly #browse = new BrowseSchedule()
  readonly #reports: TokenBucket
  #knownMacs: ReadonlySet<string>
  #isTouched = false
  #isHeldBack = false

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#reports = new TokenBucket(REPORTS, options.nowMs())
    this.#knownMacs = new Set(options.knownMacs)
  }

  /** How many controllers are tracked, reported or not. */
  get size(): number {
    return this.#controllers.size
  }

  /** When `advance` has something to do: now after a packet; `Infinity` before the first `ask`. */
  get nextMs(): number {
    const nowMs = this.#options.nowMs()
    if (this.#isTouched) return nowMs
    let nextMs = this.#browse.nextMs(this.#isSomebodyGone)
    if (this.#isHeldBack) nextMs = Math.min(nextMs, this.#reports.nextMs(nowMs))
    for (const controller of this.#controllers.values()) nextMs = Math.min(nextMs, controller.nextMs(nowMs))
    return nextMs
  }

  setKnownMacs(macs: Iterable<string>): void {
    this.#knownMacs = new Set(macs)
  }

  /** Asks the network anew: at the start, when it changed, or when somebody wants to know. */
  ask(): void {
    this.#browse.restart(this.#options.nowMs(), this.#options.random())
  }

  /** Takes a decoded response of unknown shape from `sender`, an IPv4 address. */
  take(packet: unknown, sender: string): void {
    const { records, ignored } = parseRecords(packet)
    if (ignored > 0) this.#options.onIgnored('malformed records', ignored)
    for (const record of records) {
      if (record.type === 'A') this.#takeAddress(record, sender)
      else this.#takeOfInstance(record, sender)
    }
  }

  /** Does what is due: expires, reports, asks. */
  advance(): PresenceStep {
    const nowMs = this.#options.nowMs()
    const events: PresenceEvent[] = []
    const questions: Question[] = []
    this.#isTouched = false
    this.#isHeldBack = false
    for (const controller of this.#controllers.values()) {
      const reason = controller.expire(nowMs)
      if (reason !== undefined) {
        this.#controllers.delete(controller.key)
        reportLost(controller, reason, nowMs, events)
        continue
      }
      questions.push(...controller.takeQuestions(nowMs))
      this.#report(controller, nowMs, events)
    }
    if (this.#browse.nextMs(this.#isSomebodyGone) <= nowMs)
      questions.push({ type: 'PTR', name: SERVICE_NAME })
    return { events, query: this.#toQuery(questions, nowMs) }
  }

  #takeOfInstance(record: Exclude<ServiceRecord, { type: 'A' }>, sender: string): void {
    const key = toControllerKey(record.instance)
    const controller = this.#controllers.get(key) ?? this.#admit(record, key)
    if (controller !== undefined) this.#hand(controller, record, sender)
  }

  #takeAddress(record: Extract<ServiceRecord, { type: 'A' }>, sender: string): void {
    const host = toLowerAscii(record.host)
    for (const controller of this.#controllers.values()) {
      if (controller.host !== host) continue
      if (isControllerAddress(record.address, sender)) this.#hand(controller, record, sender)
      else this.#options.onIgnored('addresses outside private networks', 1)
    }
  }

  #hand(controller: TrackedController, record: ServiceRecord, sender: string): void {
    const { nowMs, random, onIgnored } = this.#options
    this.#isTouched = true
    if (!controller.take(record, sender, nowMs(), random())) onIgnored('addresses beyond the limit', 1)
  }

  /** A new one, unless it says goodbye or there are too many. */
  #admit(record: Exclude<ServiceRecord, { type: 'A' }>, key: string): TrackedController | undefined {
    if (record.ttlSeconds === 0) return undefined
    if (this.#controllers.size >= MAX_CONTROLLERS && !this.#makeRoom()) {
      this.#options.onIgnored('controllers beyond the limit', 1)
      return undefined
    }
    const controller = new TrackedController(record.instance, this.#options.nowMs())
    this.#controllers.set(key, controller)
    return controller
  }

  /** Gives up the oldest that never told enough to be reported: inventing names is cheap. */
  #makeRoom(): boolean {
    for (const [key, { reported }] of this.#controllers) {
      if (reported !== undefined) continue
      this.#options.onIgnored('controllers beyond the limit', 1)
      return this.#controllers.delete(key)
    }
    return false
  }

  /** Brings what was reported in line with what is known. */
  #report(controller: TrackedController, nowMs: number, events: PresenceEvent[]): void {
    const location = controller.locate(nowMs)
    if (location === undefined) return
    // Another controller has taken over the name: the one that had it gave it up.
    if (controller.reported?.mac && controller.reported.mac !== location.mac) {
      reportLost(controller, 'goodbye', nowMs, events)
    }
    const previous = controller.reported
    // Its TXT record may come after it was reported without one.
    if (previous && previous.mac !== location.mac) controller.markReported({ ...previous, mac: location.mac })
    if (previous && !controller.hasMoved(location, nowMs)) return
    if (!this.#reports.take(nowMs)) {
      this.#isHeldBack = true
      return
    }
    controller.markReported(location)
    events.push(
      previous === undefined
        ? { kind: 'found', controller: location }
        : { kind: 'moved', controller: location, previous },
    )
  }

  get #isSomebodyGone(): boolean {
    const present = new Set<string | null>()
    for (const { reported, mac } of this.#controllers.values()) if (reported) present.add(mac)
    for (const mac of this.#knownMacs) if (!present.has(mac)) return true
    return false
  }

  #toQuery(due: readonly Question[], nowMs: number): Query | undefined {
    if (due.length === 0) return undefined
    const questions = [
      ...new Map(due.map((question) => [`${question.type} ${question.name}`, question])).values(),
    ]
    const isBrowse = questions.some(({ type }) => type === 'PTR')
    const { wantsAll } = this.#browse
    if (isBrowse) this.#browse.asked(nowMs)
    return { questions, knownAnswers: isBrowse && !wantsAll ? this.#listKnownAnswers(nowMs) : [] }
  }

  /** RFC 6762 §7.1. Whoever has not told everything shall answer in full, so it is not among them. */
  #listKnownAnswers(nowMs: number): KnownAnswer[] {
    const known: KnownAnswer[] = []
    for (const { reported, pointer, fullName } of this.#controllers.values()) {
      if (reported === undefined || !pointer?.isFresh(nowMs)) continue
      known.push({ instance: fullName, remainingSeconds: pointer.remainingSeconds(nowMs) })
    }
    return known
  }
}

function reportLost(
  controller: TrackedController,
  reason: LossReason,
  nowMs: number,
  events: PresenceEvent[],
): void {
  const { reported } = controller
  if (reported === undefined) return
  controller.markReported(undefined)
  events.push({ kind: 'lost', controller: reported, reason, silentMs: controller.silentMs(nowMs) })
}
