import type { MessagePort } from 'node:worker_threads'
import { isCategory } from '../protocol/activity.ts'
import { parseWorkerDraft } from '../protocol/activity-draft.ts'
import { type BaseReport, MAX_UNACKNOWLEDGED_RECORDS } from '../protocol/worker-messages.ts'
import type { Receipt } from './committer.ts'
import type { ActivityRecorder } from './recorder.ts'

type RecordingRecorder = Pick<ActivityRecorder, 'take' | 'countLostInWorker'>

/**
 * Takes the records of one worker from its port and acknowledges those that are settled, so that
 * the worker can bound what it has under way. One per port; main thread only.
 */
export class Intake implements Receipt {
  readonly #port: MessagePort
  readonly #recorder: RecordingRecorder
  readonly #nowMs: () => number
  #settledThrough = 0
  #underWay = 0
  #acknowledging: NodeJS.Immediate | undefined
  #closed = false

  constructor(port: MessagePort, recorder: RecordingRecorder, nowMs: () => number = Date.now) {
    this.#port = port
    this.#recorder = recorder
    this.#nowMs = nowMs
    port.once('close', () => {
      this.#closed = true
    })
  }

  /** Takes a message if it is one about records. @returns false when it is somebody else's. */
  take(message: unknown): boolean {
    if (typeof message !== 'object' || message === null) return false
    const report = message as Partial<BaseReport>
    switch (report.kind) {
      case 'activity':
        this.#takeRecord(report.n, report.draft)
        return true
      case 'activity-lost':
        this.#countLost(report.counts)
        return true
      default:
        return false
    }
  }

  /** One acknowledgement for a whole group: the worker needs the newest number only. */
  settled(n: number): void {
    this.#underWay -= 1
    this.#settledThrough = Math.max(this.#settledThrough, n)
    if (this.#closed) return
    this.#acknowledging ??= setImmediate(() => {
      this.#acknowledging = undefined
      if (!this.#closed) this.#port.postMessage({ kind: 'ack', upTo: this.#settledThrough })
    })
  }

  #takeRecord(n: unknown, raw: unknown): void {
    const draft = parseWorkerDraft(raw, this.#nowMs())
    // A worker keeps to its window by itself; one that does not must not fill our memory.
    if (this.#underWay >= MAX_UNACKNOWLEDGED_RECORDS) {
      this.#recorder.countLostInWorker(draft.category, 1)
      return
    }
    this.#underWay += 1
    this.#recorder.take(draft, this, typeof n === 'number' && Number.isSafeInteger(n) ? n : 0)
  }

  #countLost(counts: unknown): void {
    if (typeof counts !== 'object' || counts === null) return
    for (const [category, count] of Object.entries(counts)) {
      if (isCategory(category) && Number.isSafeInteger(count) && count > 0) {
        this.#recorder.countLostInWorker(category, count)
      }
    }
  }
}
