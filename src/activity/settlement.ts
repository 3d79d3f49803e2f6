interface Waiter {
  readonly count: number
  readonly resolve: () => void
}

/** Who waits for which record: settled means committed or given up, in the order taken. */
export class Settlement {
  #taken = 0
  #settled = 0
  #waiters: Waiter[] = []

  taken(): void {
    this.#taken += 1
  }

  settled(count: number): void {
    this.#settled += count
    const due = this.#waiters.filter((waiter) => waiter.count <= this.#settled)
    if (due.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => waiter.count > this.#settled)
    for (const waiter of due) waiter.resolve()
  }

  /** Resolves once all that was taken before the call is settled. */
  async untilSettled(): Promise<void> {
    const count = this.#taken
    if (this.#settled >= count) return
    await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }))
  }

  /** Lets go of everybody who waits: nothing more will be settled. */
  end(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.resolve()
  }
}
