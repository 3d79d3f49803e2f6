import { toDuration } from '../../src/lib/duration.ts'
import { TokenBucket } from '../../src/lib/token-bucket.ts'
import type { EntityRef, Recorder } from '../../src/protocol/activity.ts'
import type { CaptureOptions, CaptureReport, SourceState } from '../../src/protocol/worker-messages.ts'
import type { FailureKind, SourceDescription } from './frame-source.ts'

/** Where the journal writes: a worker's side. */
export interface JournalSink extends Recorder {
  send(report: CaptureReport): void
}

/** So many outages are told one by one; of a source that comes and goes, after that one in ten minutes. */
const OUTAGES = { capacity: 10, refillMs: 600_000 }

/** Tells the main thread and the activity log how the source is: one entry per change, not per try. */
export class SourceJournal {
  readonly #sink: JournalSink
  #description: SourceDescription
  #entity: EntityRef
  #state: SourceState = 'starting'
  #reason: string | null = null
  /** When frames were last seen; until the first one, when the source was opened. */
  #lastFrameMs = performance.now()
  #openedMs = performance.now()
  #failedTries = 0
  readonly #outages = new TokenBucket(OUTAGES, performance.now())
  /** Whether this outage is told, and how many were not since the last that was. */
  #isTold = true
  #untold = 0
  #frames = 0

  constructor(sink: JournalSink, options: CaptureOptions, description: SourceDescription) {
    this.#sink = sink
    this.#description = description
    this.#entity = { type: 'source', id: options.source_id, name: options.source_name }
  }

  starting(): void {
    this.#openedMs = performance.now()
    this.#lastFrameMs = this.#openedMs
    this.#report('starting', null)
  }

  frame(): void {
    const nowMs = performance.now()
    if (this.#state === 'starting') this.#recordStarted()
    if (this.#state === 'failed' && this.#isTold) this.#recordRecovered(nowMs - this.#lastFrameMs)
    if (this.#state !== 'delivering') this.#report('delivering', null)
    this.#lastFrameMs = nowMs
    this.#frames += 1
  }

  /** The frames from now on come from something else. */
  backendChanged(description: SourceDescription, reason: string): void {
    const before = this.#description
    this.#description = description
    if (this.#state === 'starting') {
      // Nothing was said of the other one: the entry of the start says why it is not the usual one.
      this.#description = { ...description, caution: `It takes screenshots, which is slower: ${reason}.` }
      return
    }
    this.#sink.record('capture', 'capture_backend_changed', {
      message: `The source "${this.#entity.name}" is now captured by ${description.backend} instead of ${before.backend}: ${reason}.`,
      entity: this.#entity,
      metadata: { from: before.backend, to: description.backend, reason },
    })
  }

  /** It has shown all there was. */
  ended(): void {
    const { backend, metadata } = this.#description
    this.#sink.record('capture', 'capture_ended', {
      message: `The source "${this.#entity.name}" has come to its end. Start its light again to see it anew.`,
      entity: this.#entity,
      metadata: { backend, frames: this.#frames, ...metadata },
    })
    this.#report('ended', null)
  }

  /** Something else is painted from now on. */
  repainted(description: SourceDescription): void {
    this.#description = description
  }

  /** Entries from now on call it so. */
  renamed(name: string): void {
    this.#entity = { ...this.#entity, name }
  }

  failed(reason: string, kind: FailureKind = 'failed'): void {
    this.#failedTries += 1
    if (this.#state !== 'failed') {
      this.#failedTries = 1
      this.#isTold = this.#outages.take(performance.now())
      if (this.#isTold) this.#recordFailed(reason, kind)
      else this.#untold += 1
    }
    if (this.#state !== 'failed' || this.#reason !== reason) this.#report('failed', reason)
  }

  /** The last entry about this source; none if nothing was said before. */
  stopped(): void {
    if (this.#state === 'starting') return
    const openMs = Math.round(performance.now() - this.#openedMs)
    this.#sink.record('capture', 'capture_stopped', {
      message: `The source "${this.#entity.name}" was closed after ${toDuration(openMs)}.`,
      entity: this.#entity,
      metadata: { backend: this.#description.backend, open_ms: openMs, frames: this.#frames },
    })
  }

  #recordStarted(): void {
    const { backend, what, caution, metadata } = this.#description
    const sentence = `The source "${this.#entity.name}" delivers pictures from ${what}.`
    this.#sink.record('capture', 'capture_started', {
      message: caution === null ? sentence : `${sentence} ${caution}`,
      severity: caution === null ? 'info' : 'warning',
      entity: this.#entity,
      metadata: caution === null ? { backend, ...metadata } : { backend, caution, ...metadata },
    })
  }

  #recordFailed(reason: string, kind: FailureKind): void {
    const { backend, metadata } = this.#description
    const untold = this.#untold
    this.#untold = 0
    const more = untold === 0 ? '' : ` It was so ${untold} more times since this was last told.`
    this.#sink.record('capture', kind === 'stalled' ? 'capture_stalled' : 'capture_failed', {
      message: `The source "${this.#entity.name}" delivers no pictures: ${reason}. LedGrab keeps trying.${more}`,
      entity: this.#entity,
      metadata: { reason, backend, ...metadata, ...(untold > 0 && { untold }) },
    })
  }

  #recordRecovered(outageMs: number): void {
    const { backend, metadata } = this.#description
    this.#sink.record('capture', 'capture_recovered', {
      message: `The source "${this.#entity.name}" delivers pictures again after ${toDuration(outageMs)}.`,
      entity: this.#entity,
      metadata: {
        outage_ms: Math.round(outageMs),
        failed_tries: this.#failedTries,
        reason: this.#reason,
        backend,
        ...metadata,
      },
    })
  }

  #report(state: SourceState, reason: string | null): void {
    this.#state = state
    this.#reason = reason
    this.#sink.send({ kind: 'source-state', state, reason })
  }
}
