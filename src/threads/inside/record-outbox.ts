import { TextRingWriter } from '../../lib/text-ring.ts'
import type { Category } from '../../protocol/activity.ts'
import type { WorkerDraft } from '../../protocol/activity-draft.ts'
import {
  COUNT,
  lostIndexOf,
  MAX_UNSETTLED_RECORDS,
  type SharedRecords,
} from '../../protocol/shared-records.ts'

/**
 * A worker's records on their way to the main thread. What is put in arrives, also when the thread throws,
 * exits or is terminated in the next moment; what is too much is counted, and the counts arrive as well.
 */
export class RecordOutbox {
  readonly #texts: TextRingWriter
  readonly #counts: Int32Array
  readonly #call: () => void
  #put = 0

  /** `call` tells the main thread that there is something to take. */
  constructor({ texts, counts }: SharedRecords, call: () => void) {
    this.#texts = new TextRingWriter(texts)
    this.#counts = new Int32Array(counts)
    this.#call = call
  }

  /** False while so many are on their way that more would be dropped. */
  get hasRoom(): boolean {
    // The difference of two counts modulo 2^32.
    return ((this.#put - Atomics.load(this.#counts, COUNT.settled)) | 0) < MAX_UNSETTLED_RECORDS
  }

  put(draft: WorkerDraft): void {
    if (this.#texts.write(JSON.stringify(draft))) this.#put = (this.#put + 1) | 0
    else Atomics.add(this.#counts, lostIndexOf(draft.category), 1)
    this.#callOnce()
  }

  countLost(category: Category): void {
    Atomics.add(this.#counts, lostIndexOf(category), 1)
    this.#callOnce()
  }

  /** A message costs more than a record: one is enough until the main thread has found nothing left. */
  #callOnce(): void {
    if (Atomics.exchange(this.#counts, COUNT.called, 1) === 0) this.#call()
  }
}
