import type { LinkCounts } from './link.ts'

/** What of a link's packets has left, failed, or is under way. */
export class Traffic {
  #packetsOut = 0
  #sendErrors = 0
  #inFlight = 0

  /** The kernel may still read from packets that were given to it. */
  get isBusy(): boolean {
    return this.#inFlight > 0
  }

  begin(): void {
    this.#inFlight += 1
  }

  /** A packet has left or failed. @returns true when nothing is under way any more. */
  end(hasLeft: boolean): boolean {
    this.#inFlight -= 1
    if (hasLeft) this.#packetsOut += 1
    else this.#sendErrors += 1
    return this.#inFlight === 0
  }

  /** Something failed that was never under way. */
  fail(count = 1): void {
    this.#sendErrors += count
  }

  /** What is under way will not be told of any more. */
  forget(): void {
    this.#inFlight = 0
  }

  /** Since the last call. */
  takeCounts(): LinkCounts {
    const counts = { packetsOut: this.#packetsOut, sendErrors: this.#sendErrors }
    this.#packetsOut = 0
    this.#sendErrors = 0
    return counts
  }
}
