import type { LossReason } from '../../src/protocol/worker-messages.ts'
import type { Lease } from './lease.ts'

const MAX_ADDRESSES = 8
/** RFC 6762 §10.2: records that came within this belong to the set that is being told. */
const SAME_SET_MS = 1_000

interface Entry {
  readonly lease: Lease
  /** The packet that told it came from this very address, so it can be reached at it. */
  readonly isSender: boolean
}

/** The A records of one host. */
export class AddressSet {
  readonly #entries = new Map<string, Entry>()
  #endReason: LossReason = 'silence'

  /** How the last address to go went. */
  get endReason(): LossReason {
    return this.#endReason
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  get leases(): readonly Lease[] {
    return [...this.#entries.values()].map(({ lease }) => lease)
  }

  /** False when there is no room. */
  put(address: string, lease: Lease, isSender: boolean): boolean {
    if (this.#entries.size >= MAX_ADDRESSES && !this.#entries.has(address)) return false
    // Deleted first, so that the order of the map is that in which addresses were told.
    const known = this.#entries.get(address)
    if (known === undefined || known.lease.isDismissed) this.#entries.delete(address)
    this.#entries.set(address, { lease, isSender })
    return true
  }

  /** RFC 6762 §10.2: `address` came with the cache-flush bit, so what is older and another goes. */
  flushAllBut(address: string, nowMs: number): void {
    for (const [other, { lease }] of this.#entries) {
      if (other !== address && nowMs - lease.receivedMs > SAME_SET_MS) lease.dismiss(nowMs, 'goodbye')
    }
  }

  dismiss(address: string, nowMs: number): void {
    this.#entries.get(address)?.lease.dismiss(nowMs, 'goodbye')
  }

  /** For another host, which has told none yet. */
  clear(): void {
    this.#entries.clear()
    this.#endReason = 'silence'
  }

  /** Forgets what has ended; true when that was the last address. */
  dropEnded(nowMs: number): boolean {
    const wasEmpty = this.isEmpty
    for (const [address, { lease }] of this.#entries) {
      if (lease.endMs > nowMs) continue
      this.#entries.delete(address)
      this.#endReason = lease.endReason
    }
    return !wasEmpty && this.isEmpty
  }

  /**
   * The address to use: `current` as long as it holds, else one its owner spoke from, else the one told
   * first. A dismissed one is only kept, never chosen.
   */
  choose(current: string | undefined): string | undefined {
    const holding = [...this.#entries].filter(([, { lease }]) => !lease.isDismissed)
    const chosen =
      holding.find(([address]) => address === current) ??
      holding.find(([, entry]) => entry.isSender) ??
      holding[0]
    if (chosen !== undefined) return chosen[0]
    return current !== undefined && this.#entries.has(current) ? current : undefined
  }
}
