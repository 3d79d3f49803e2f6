import { createTextRing, TextRingReader } from '../lib/text-ring.ts'
import { CATEGORIES } from '../protocol/activity.ts'
import { parseWorkerDraft } from '../protocol/activity-draft.ts'
import {
  COUNT,
  COUNTS_BYTES,
  lostIndexOf,
  MAX_UNREAD_BYTES,
  MAX_UNSETTLED_RECORDS,
  type SharedRecords,
} from '../protocol/shared-records.ts'
import type { Receipt } from './committer.ts'
import type { ActivityRecorder } from './recorder.ts'

/** About a millisecond. */
const TAKEN_AT_ONCE = 256

type RecordingRecorder = Pick<ActivityRecorder, 'take' | 'countLostInWorker'>

export function createSharedRecords(): SharedRecords {
  return { texts: createTextRing(MAX_UNREAD_BYTES), counts: new SharedArrayBuffer(COUNTS_BYTES) }
}

/**
 * Takes the records of one worker from the memory shared with it, and lets it know how many are settled, so
 * that it can bound what it has on the way. One per worker; main thread only.
 */
export class Intake implements Receipt {
  readonly #texts: TextRingReader
  readonly #counts: Int32Array
  readonly #recorder: RecordingRecorder
  readonly #nowMs: () => number
  #unsettled = 0
  #goingOn: NodeJS.Immediate | undefined

  constructor({ texts, counts }: SharedRecords, recorder: RecordingRecorder, nowMs: () => number = Date.now) {
    this.#texts = new TextRingReader(texts)
    this.#counts = new Int32Array(counts)
    this.#recorder = recorder
    this.#nowMs = nowMs
  }

  /** The worker has called. In portions, so that a burst does not hold up the loop. */
  takeSoon(): void {
    this.#takeTexts(TAKEN_AT_ONCE)
    const isEmpty = this.#texts.isEmpty
    if (isEmpty) Atomics.store(this.#counts, COUNT.called, 0)
    // After allowing the next call, as the last look into the ring: what came in between would wait for it.
    this.#takeLost()
    if (isEmpty && (this.#texts.isEmpty || Atomics.exchange(this.#counts, COUNT.called, 1) === 1)) return
    this.#goingOn ??= setImmediate(() => {
      this.#goingOn = undefined
      this.takeSoon()
    })
  }

  /** Takes everything that is there: what the worker recorded before it said something else, or before its end. */
  takeAll(): void {
    this.#takeTexts(Number.POSITIVE_INFINITY)
    this.#takeLost()
  }

  /** Of one record: it is committed, or counted as lost. */
  settled(): void {
    this.#unsettled -= 1
    Atomics.add(this.#counts, COUNT.settled, 1)
  }

  #takeTexts(count: number): void {
    for (let taken = 0; taken < count; taken += 1) {
      const text = this.#texts.read()
      if (text === undefined) return
      this.#take(text)
    }
  }

  #takeLost(): void {
    for (const category of CATEGORIES) {
      const lost = Atomics.exchange(this.#counts, lostIndexOf(category), 0) >>> 0
      if (lost > 0) this.#recorder.countLostInWorker(category, lost)
    }
  }

  #take(text: string): void {
    const draft = parseWorkerDraft(parseText(text), this.#nowMs())
    this.#unsettled += 1
    // A worker keeps to its bound by itself; one that does not must not fill our memory.
    if (this.#unsettled > MAX_UNSETTLED_RECORDS) {
      this.#recorder.countLostInWorker(draft.category, 1)
      this.settled()
      return
    }
    this.#recorder.take(draft, this)
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
