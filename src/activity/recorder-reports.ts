import { toDuration } from '../lib/duration.ts'
import type { ActivityDetails } from '../protocol/activity.ts'
import type { Losses } from './ledger.ts'
import type { Outage } from './write-outage.ts'

/** An outage that is over, and how many entries it has delayed. */
export interface EndedOutage extends Outage {
  readonly endedMs: number
  readonly late: number
}

/** What `activity_records_lost` says. */
export function toLossDetails({ total, byCategory, byReason }: Losses): ActivityDetails {
  return {
    message: `${total} ${total === 1 ? 'entry was' : 'entries were'} lost because the log could not take them.`,
    metadata: { count: total, categories: byCategory, reasons: byReason },
  }
}

/** What `activity_log_recovered` says. */
export function toRecoveryDetails({ sinceMs, reason, endedMs, late }: EndedOutage): ActivityDetails {
  // The clock may have been set back meanwhile.
  const outageMs = Math.max(0, endedMs - sinceMs)
  return {
    message: `The log could not be written for ${toDuration(outageMs)} because ${reason}; ${late} ${late === 1 ? 'entry' : 'entries'} waited until now.`,
    metadata: {
      reason,
      since: new Date(sinceMs).toISOString(),
      outage_seconds: Math.round(outageMs / 1_000),
      late,
    },
  }
}
