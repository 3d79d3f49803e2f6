import type { TargetStats } from '../../src/protocol/worker-messages.ts'
import type { LinkCounts } from './output/link.ts'

/** What a target did since it was last asked. Counts without allocating. */
export class TargetCounts {
  #framesIn = 0
  #framesOut = 0
  #framesDropped = 0
  #ages = 0
  #ageSumMs = 0
  #ageMaxMs = 0
  #processed = 0
  #processingSumMs = 0
  #processingMaxMs = 0

  /** @param dropped of these frames, or of those before, that nobody will see */
  framesIn(count: number, dropped: number): void {
    this.#framesIn += count
    this.#framesDropped += dropped
  }

  frameOut(): void {
    this.#framesOut += 1
  }

  /** A picture that came `ageMs` ago leaves for the first time. */
  frameSent(ageMs: number): void {
    this.#ages += 1
    this.#ageSumMs += ageMs
    this.#ageMaxMs = Math.max(this.#ageMaxMs, ageMs)
  }

  /** A frame was sampled, or colours were rendered of it. */
  worked(tookMs: number): void {
    this.#processed += 1
    this.#processingSumMs += tookMs
    this.#processingMaxMs = Math.max(this.#processingMaxMs, tookMs)
  }

  take(targetId: string, { packetsOut, sendErrors }: LinkCounts): TargetStats {
    const stats: TargetStats = {
      target_id: targetId,
      frames_in: this.#framesIn,
      frames_out: this.#framesOut,
      frames_dropped: this.#framesDropped,
      packets_out: packetsOut,
      send_errors: sendErrors,
      frame_age_ms: this.#ages === 0 ? null : toHundredths(this.#ageSumMs / this.#ages),
      frame_age_max_ms: this.#ages === 0 ? null : toHundredths(this.#ageMaxMs),
      processing_us:
        this.#processed === 0 ? null : toHundredths((this.#processingSumMs / this.#processed) * 1_000),
      processing_max_us: this.#processed === 0 ? null : toHundredths(this.#processingMaxMs * 1_000),
    }
    this.#framesIn = 0
    this.#framesOut = 0
    this.#framesDropped = 0
    this.#ages = 0
    this.#ageSumMs = 0
    this.#ageMaxMs = 0
    this.#processed = 0
    this.#processingSumMs = 0
    this.#processingMaxMs = 0
    return stats
  }
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100
}
