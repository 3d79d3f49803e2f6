import { toBytes } from '../lib/base64.ts'

type Listener = (rgb: Uint8Array) => void

/**
 * Live colours of targets, for whoever draws them. Outside the signals: thirty frames a second must
 * not render a component.
 */
export class Previews {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #latest = new Map<string, Uint8Array>()
  readonly #onWanted: (targetIds: readonly string[]) => void

  /** `onWanted` is told which targets anybody draws, whenever that changes. */
  constructor(onWanted: (targetIds: readonly string[]) => void) {
    this.#onWanted = onWanted
  }

  /** Calls `listener` with 3 bytes per LED, RGB, for every new frame, until the returned function is called. */
  watch(targetId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(targetId) ?? new Set()
    this.#listeners.set(targetId, listeners.add(listener))
    this.#announce()
    const latest = this.#latest.get(targetId)
    if (latest) listener(latest)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      this.#listeners.delete(targetId)
      this.#latest.delete(targetId)
      this.#announce()
    }
  }

  show(targetId: string, base64: string): void {
    const listeners = this.#listeners.get(targetId)
    if (!listeners) return
    const rgb = toBytes(base64)
    this.#latest.set(targetId, rgb)
    for (const listener of listeners) listener(rgb)
  }

  #announce(): void {
    this.#onWanted([...this.#listeners.keys()].sort().slice(0, 32))
  }
}
