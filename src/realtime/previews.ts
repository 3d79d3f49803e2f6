import type { Client } from './client.ts'

/** Which targets' colours anybody watches: they are made only for those who look. */
export class Previews {
  readonly #onChanged: (targetIds: readonly string[]) => void
  #wanted: ReadonlySet<string> = new Set()

  constructor(onChanged: (targetIds: readonly string[]) => void) {
    this.#onChanged = onChanged
  }

  /** Looks again what the clients want, and tells of a change. */
  refresh(clients: Iterable<Client>): void {
    const wanted = new Set<string>()
    for (const { subscription } of clients) {
      for (const targetId of subscription?.previews ?? []) wanted.add(targetId)
    }
    if (wanted.size === this.#wanted.size && [...wanted].every((id) => this.#wanted.has(id))) return
    this.#wanted = wanted
    this.#onChanged([...wanted])
  }
}
