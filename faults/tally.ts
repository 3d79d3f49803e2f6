import { toErrorMessage } from '../src/errors.ts'

/** What a scenario found: the row of its table, and what went wrong. */
export class Tally {
  #tried = 0
  #survived = 0
  #lost = 0
  #duplicated = 0
  readonly #notes: string[] = []
  readonly #problems: string[] = []

  get tried(): number {
    return this.#tried
  }

  get survived(): number {
    return this.#survived
  }

  /** Records that are gone and that nobody was told of. */
  get lost(): number {
    return this.#lost
  }

  /** Records that are there, or were told, more than once. */
  get duplicated(): number {
    return this.#duplicated
  }

  /** Figures worth knowing beside the table. */
  get notes(): readonly string[] {
    return this.#notes
  }

  get problems(): readonly string[] {
    return this.#problems
  }

  /** One that tried nothing has shown nothing. */
  get isGood(): boolean {
    return this.#tried > 0 && this.#survived === this.#tried && this.#problems.length === 0
  }

  /** Counts a try; one that throws is not survived, and the scenario goes on. */
  async attempt(what: string, work: () => Promise<void> | void): Promise<void> {
    this.#tried += 1
    const problemsBefore = this.#problems.length
    try {
      await work()
    } catch (cause) {
      this.fail(`${what}: ${toErrorMessage(cause)}`)
    }
    if (this.#problems.length === problemsBefore) this.#survived += 1
  }

  /** Counts many tries of which a counterexample would already have failed. */
  survive(count: number): void {
    this.#tried += count
    this.#survived += count
  }

  lose(count: number, what: string): void {
    if (count === 0) return
    this.#lost += count
    this.fail(`${count} lost: ${what}`)
  }

  duplicate(count: number, what: string): void {
    if (count === 0) return
    this.#duplicated += count
    this.fail(`${count} duplicated: ${what}`)
  }

  check(isTrue: boolean, otherwise: string): void {
    if (!isTrue) this.fail(otherwise)
  }

  fail(problem: string): void {
    this.#problems.push(problem)
  }

  note(text: string): void {
    this.#notes.push(text)
  }
}
