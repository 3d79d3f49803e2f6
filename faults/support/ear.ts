import type { ActivityEntry } from '../../src/protocol/activity.ts'
import { type Watcher, watch } from '../../tests/support/watcher.ts'
import type { Tally } from '../tally.ts'
import type { StoredEntry } from './stored-log.ts'

/** What one watcher was told while it could hear, by `seq`. */
export class Ear {
  readonly watcher: Watcher

  private constructor(watcher: Watcher) {
    this.watcher = watcher
  }

  static async open(url: string): Promise<Ear> {
    return new Ear(await watch(url))
  }

  /** Resolves when the first entry was told. */
  async hear(): Promise<void> {
    await this.watcher.waitForType('activity_logged')
  }

  /** Everything that was told must be stored as it was told, and told once, in order. */
  check(stored: readonly StoredEntry[], tally: Tally): number {
    const told = this.watcher.events.filter(({ type }) => type === 'activity_logged')
    const messages = new Map(stored.map(({ seq, message }) => [seq, message]))
    let lastSeq = 0
    let missing = 0
    let again = 0
    for (const { seq = 0, entry } of told) {
      if (seq <= lastSeq) again += 1
      lastSeq = seq
      if (messages.get(seq) !== (entry as ActivityEntry).message) missing += 1
    }
    tally.lose(missing, 'entries that a watcher was told and that are not stored')
    tally.duplicate(again, 'entries told twice, or out of order')
    return told.length
  }
}
