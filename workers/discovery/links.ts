import { networkInterfaces } from 'node:os'
import { toErrorMessage } from '../../src/errors.ts'
import { Backoff } from '../../src/lib/backoff.ts'
import type { LogLevel } from '../../src/protocol/worker-messages.ts'
import { listPlaces, type Place } from './interfaces.ts'
import { MdnsLink } from './mdns-link.ts'

/** The system does not tell when its interfaces change. */
const POLL_MS = 2_000
const RETRY = { firstMs: 2_000, capMs: 60_000 }
/** A link that worked this long has earned a quick retry, and its failure a line in the log. */
const STABLE_AFTER_MS = 60_000

export interface LinksOptions {
  /** See `DiscoveryOptions.interface`. */
  readonly interface: string | null
  readonly onResponse: (packet: unknown, sender: string) => void
  /** A link came up or went: who is there may be different now. */
  readonly onChange: () => void
  readonly onUnreadable: () => void
  readonly log: (level: LogLevel, message: string, fields: object) => void
}

interface Slot {
  readonly place: Place
  readonly backoff: Backoff
  link: MdnsLink | undefined
  /** When it last became ready. */
  readyMs: number
  /** When a failed link is tried again. */
  retryMs: number
}

/** One link per interface to browse on, as interfaces come and go. */
export class Links {
  readonly #options: LinksOptions
  readonly #slots = new Map<string, Slot>()
  #pollTimer: NodeJS.Timeout | undefined
  #hasSaidNone = false

  constructor(options: LinksOptions) {
    this.#options = options
  }

  start(): void {
    this.#pollTimer = setInterval(() => this.#poll(), POLL_MS)
    this.#poll()
  }

  async stop(): Promise<void> {
    clearInterval(this.#pollTimer)
    const slots = [...this.#slots.values()]
    this.#slots.clear()
    await Promise.all(slots.map(async ({ link }) => link?.close()))
  }

  send(packets: readonly Buffer[]): void {
    for (const { link } of this.#slots.values()) for (const packet of packets) link?.send(packet)
  }

  #poll(): void {
    const wanted = new Map(this.#listPlaces().map((place) => [place.key, place]))
    for (const [key, { link }] of this.#slots) {
      if (wanted.has(key)) continue
      this.#slots.delete(key)
      void link?.close()
      this.#options.onChange()
    }
    for (const place of wanted.values()) this.#keepOpen(place)
    this.#sayIfNone(wanted.size)
  }

  #listPlaces(): readonly Place[] {
    try {
      return listPlaces(this.#options.interface, networkInterfaces())
    } catch {
      return [] // The system could not say; it is asked again.
    }
  }

  #keepOpen(place: Place): void {
    const slot = this.#slots.get(place.key) ?? newSlot(place)
    this.#slots.set(place.key, slot)
    if (slot.link === undefined && performance.now() >= slot.retryMs) this.#open(slot)
  }

  #open(slot: Slot): void {
    const { onResponse, onUnreadable } = this.#options
    try {
      slot.link = new MdnsLink({
        place: slot.place,
        onReady: () => this.#handleReady(slot),
        onResponse,
        onUnreadable,
        onFailure: (error) => this.#handleFailure(slot, error),
      })
    } catch (cause) {
      this.#handleFailure(slot, cause)
    }
  }

  #handleReady(slot: Slot): void {
    const { name, address } = slot.place
    slot.readyMs = performance.now()
    this.#options.log('debug', 'browsing for controllers', { interface: name, address })
    this.#options.onChange()
  }

  #handleFailure(slot: Slot, cause: unknown): void {
    slot.link = undefined
    const { place, backoff } = slot
    if (performance.now() - slot.readyMs >= STABLE_AFTER_MS) backoff.reset()
    if (backoff.attempts === 0) {
      const fields = { interface: place.name, address: place.address, error: toErrorMessage(cause) }
      this.#options.log('warn', 'cannot browse for controllers on an interface; trying again', fields)
    }
    slot.retryMs = performance.now() + backoff.nextMs()
  }

  #sayIfNone(count: number): void {
    if (count === 0 && !this.#hasSaidNone) {
      const fields = { interface: this.#options.interface }
      this.#options.log('warn', 'there is no network interface to browse on; waiting for one', fields)
    }
    this.#hasSaidNone = count === 0
  }
}

function newSlot(place: Place): Slot {
  return {
    place,
    backoff: new Backoff(RETRY),
    link: undefined,
    readyMs: Number.POSITIVE_INFINITY,
    retryMs: 0,
  }
}
