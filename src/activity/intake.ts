import type { MessagePort } from 'node:worker_threads'
import { CATEGORIES, type Category } from '../protocol/activity.ts'
import { parseWorkerDraft } from '../protocol/activity-draft.ts'
import type { BaseReport } from '../protocol/worker-messages.ts'
import type { ActivityRecorder, Receipt } from './recorder.ts'

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
  take(message: BaseReport | { readonly kind: string }): boolean {
    switch (message.kind) {
      case 'activity': {
        const { n, draft } = message as Extract<BaseReport, { kind: 'activity' }>
        this.#recorder.take(parseWorkerDraft(draft, this.#nowMs()), this, typeof n === 'number' ? n : 0)
        return true
      }
      case 'activity-lost':
        this.#countLost((message as Extract<BaseReport, { kind: 'activity-lost' }>).counts)
        return true
      default:
        return false
    }
  }

  /** One acknowledgement for a whole group: the worker needs the newest number only. */
  settled(n: number): void {
    this.#settledThrough = Math.max(this.#settledThrough, n)
    if (this.#closed) return
    this.#acknowledging ??= setImmediate(() => {
      this.#acknowledging = undefined
      if (!this.#closed) this.#port.postMessage({ kind: 'ack', upTo: this.#settledThrough })
    })
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

function isCategory(text: string): text is Category {
  return CATEGORIES.some((category) => category === text)
}
