import { TokenBucket } from '../../src/lib/token-bucket.ts'
import { isNodeBeacon } from './node-beacon.ts'

/** A controller beacons every 30 s; once in this time is news enough. */
const SILENT_MS = 60_000
const MAX_SENDERS = 256
/** Packets from forged addresses cost the network a question each: not more than these. */
const BURST = 16
const REFILL_MS = 1_000

/** Decides which beacons are worth asking their sender who it is, without socket or clock. */
export class BeaconHints {
  /** When each sender was last told of. */
  readonly #toldMs = new Map<string, number>()
  readonly #bucket: TokenBucket

  constructor(nowMs: number) {
    this.#bucket = new TokenBucket({ capacity: BURST, refillMs: REFILL_MS }, nowMs)
  }

  /** True when `sender` sent a beacon and should be asked. */
  take(bytes: Uint8Array, sender: string, nowMs: number): boolean {
    if (!isNodeBeacon(bytes)) return false
    const toldMs = this.#toldMs.get(sender)
    if (toldMs !== undefined && nowMs - toldMs < SILENT_MS) return false
    if (!this.#bucket.take(nowMs)) return false
    this.#toldMs.delete(sender)
    const [oldest] = this.#toldMs.keys()
    if (this.#toldMs.size >= MAX_SENDERS && oldest !== undefined) this.#toldMs.delete(oldest)
    this.#toldMs.set(sender, nowMs)
    return true
  }
}
