import { withDeadline } from '../lib/deadline.ts'
import type { ChainLink } from '../protocol/log-read.ts'
import type { ActivityRecorder } from './recorder.ts'
import type { ActivityLogRepository, LogState } from './repository.ts'

const SETTLE_TIMEOUT_MS = 2_000

/**
 * What the running server remembers of its log and the file cannot forge: how far it has written and
 * how far it has pruned.
 */
export class LogWitness {
  readonly #recorder: Pick<ActivityRecorder, 'committed' | 'flush'>
  readonly #repository: Pick<ActivityLogRepository, 'movedAnchorSeq'>
  readonly #state: Pick<LogState, 'anchorSeq'>

  constructor(
    recorder: Pick<ActivityRecorder, 'committed' | 'flush'>,
    repository: Pick<ActivityLogRepository, 'movedAnchorSeq'>,
    state: Pick<LogState, 'anchorSeq'>,
  ) {
    this.#recorder = recorder
    this.#repository = repository
    this.#state = state
  }

  /** The newest link that was committed. */
  get head(): ChainLink {
    return this.#recorder.committed
  }

  /** Everything up to here was pruned or cleared, or is about to be. */
  get anchorSeq(): number {
    return Math.max(this.#state.anchorSeq, this.#repository.movedAnchorSeq)
  }

  /** Resolves once the head has caught up with what is on disk; not much later when writing fails. */
  async settle(): Promise<void> {
    await withDeadline(this.#recorder.flush(), SETTLE_TIMEOUT_MS, 'writing what is queued').catch(() => {})
  }
}
