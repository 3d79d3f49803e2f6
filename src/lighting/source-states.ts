import type { SourceCapture } from '../protocol/api-sources.ts'
import type { BroadcastEvent } from '../protocol/server-events.ts'
import type { SourceState } from '../protocol/worker-messages.ts'

/** No light needs it, so nobody looks whether it is there. */
const CLOSED: SourceCapture = { state: 'closed', since: null, reason: null }

export interface SourceStatesOptions {
  readonly publish: (event: BroadcastEvent) => void
  readonly nowMs?: () => number
}

/** How the sources are that are captured now, as their workers tell it. */
export class SourceStates {
  readonly #options: SourceStatesOptions
  readonly #open = new Map<string, SourceCapture>()

  constructor(options: SourceStatesOptions) {
    this.#options = options
  }

  /** @param reason why it delivers no pictures; null where that needs none */
  note(sourceId: string, state: SourceState, reason: string | null): void {
    const before = this.of(sourceId)
    if (before.state === state && before.reason === reason) return
    // Another reason for the same silence does not make it younger.
    const since = before.state === state ? before.since : this.#now()
    this.#set(sourceId, { state, since, reason })
  }

  /** No light needs it any more. */
  closed(sourceId: string): void {
    if (this.#open.has(sourceId)) this.#set(sourceId, CLOSED)
  }

  of(sourceId: string): SourceCapture {
    return this.#open.get(sourceId) ?? CLOSED
  }

  /** Those that are captured now. */
  open(): Iterable<readonly [sourceId: string, capture: SourceCapture]> {
    return [...this.#open]
  }

  #set(sourceId: string, capture: SourceCapture): void {
    if (capture.state === 'closed') this.#open.delete(sourceId)
    else this.#open.set(sourceId, capture)
    this.#options.publish({ type: 'source_state_changed', source_id: sourceId, ...capture })
  }

  #now(): string {
    return new Date((this.#options.nowMs ?? Date.now)()).toISOString()
  }
}
