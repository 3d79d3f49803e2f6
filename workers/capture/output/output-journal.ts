import type { Recorder } from '../../../src/protocol/activity.ts'
import { boundText } from '../../../src/protocol/text.ts'
import type { TargetPlan } from '../../../src/protocol/worker-messages.ts'

const MAX_REASON_LENGTH = 200

/** Tells the activity log when a controller that is there cannot be sent to, and when it can again. */
export class OutputJournal {
  readonly #recorder: Recorder

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** @param reason a phrase for people; undefined: it works again. */
  note({ target_id, target_name, device }: TargetPlan, reason: string | undefined): void {
    const { id, name, address } = device
    const entity = { type: 'device', id, name }
    const metadata = { address, target_id, target_name }
    if (reason === undefined) {
      this.#recorder.record('device', 'device_output_recovered', {
        message: `Colours reach "${name}" at ${address} again.`,
        entity,
        metadata,
      })
      return
    }
    const bounded = boundText(reason, MAX_REASON_LENGTH)
    this.#recorder.record('device', 'device_output_failed', {
      message: `Colours cannot be sent to "${name}" at ${address}: ${bounded}.`,
      entity,
      metadata: { ...metadata, reason: bounded },
    })
  }
}
