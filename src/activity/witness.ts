import { withDeadline } from '../lib/deadline.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import type { LogState } from './log-state.ts'
import type { ActivityRecorder } from './recorder.ts'
import type { ActivityLogRepository } from './repository.ts'

const SETTLE_TIMEOUT_MS = 2_000

export interface WitnessedLog {
  readonly recorder: Pick<ActivityRecorder, 'committed' | 'flush'>
  readonly repository: Pick<ActivityLogRepository, 'movedAnchorSeq'>
  /** Of the file the log is in now. */
  readonly state: Pick<LogState, 'anchorSeq'>
}

/**
 * What the running server remembers of its log and the file cannot forge: how far it has written and
 * how far it has pruned.
 */
export class LogWitness {
  readonly #log: WitnessedLog

  constructor(log: WitnessedLog) {
    this.#log = log
  }

  /** The newest link that was committed. */
  get head(): ChainLink {
    return this.#log.recorder.committed
  }

  /** Everything up to here was pruned or cleared, or is about to be. */
  get anchorSeq(): number {
    return Math.max(this.#log.state.anchorSeq, this.#log.repository.movedAnchorSeq)
  }

  /** Resolves once the head has caught up with what is on disk; not much later when writing fails. */
  async settle(): Promise<void> {
    await withDeadline(this.#log.recorder.flush(), SETTLE_TIMEOUT_MS, 'writing what is queued').catch(
      () => {},
    )
  }
}
